"""Hooks round a push: what they are told, and what their failure means."""

from __future__ import annotations

import os
import signal

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems

TELL = "env | grep ^SAFEDEPLOY_ | sort >>told; echo >>told"


@pytest.fixture
def hooked(pushed, project):
    """`hooked(before, after)`: a project with one hook on each side, each a shell script."""

    def make(before: str, after: str, **keys):
        def hooks(document):
            document["environments"]["lab"]["hooks"] = {
                "before_push": [{"name": "first", "command": ["sh", "-c", before], **keys}],
                "after_push": [{"name": "last", "command": ["sh", "-c", after]}],
            }

        project.settings(hooks)
        project.second_release()
        return project

    return make


def told(project) -> list[dict[str, str]]:
    """What each hook was told, in their order."""
    blocks = (project.root / "told").read_text().strip().split("\n\n")
    found = (dict(line.removeprefix("SAFEDEPLOY_").split("=", 1) for line in block.splitlines()) for block in blocks)
    return [{key: value for key, value in one.items() if not key.startswith("LAB_")} for one in found]


def test_a_hook_that_fails_after_a_push_is_named_and_the_push_stays(pushed, hooked):
    project = hooked(TELL, f"{TELL}; printf 'no \\033[31mchannel'; exit 3")
    done = project.push("--limit", "web1", "--json")
    assert done.code == done.document["exit_code"] == ExitCode.HOOK_FAILED, done.text
    assert problems(done.document, "safedeploy-push") == []
    assert done.document["hosts"]["web1"]["end"] == "confirmed"
    assert [(hook["name"], hook["why"], hook["output"]) for hook in done.document["hooks"]] == [
        ("first", "", ""),
        ("last", "it ended with exit code 3", "no channel"),
    ]
    assert "the hook 'last' (after_push) failed: it ended with exit code 3\n    | no channel" in done.err
    run = {"VERB": "push", "ENVIRONMENT": "lab", "HOSTS": "web1"}
    run |= {"RUN": done.document["run"], "RELEASE": done.document["release"]}
    assert told(project) == [run, {**run, "RESULT": "confirmed", "EXIT_CODE": "0"}]


def test_a_hook_that_takes_too_long_before_a_push_stops_it_before_anything_changes(pushed, hooked):
    before = pushed.trees()
    project = hooked("echo with $ALERTS_TOKEN; sleep 60", TELL, timeout="1s", env=["ALERTS_TOKEN"])
    project.environ["ALERTS_TOKEN"] = "c4na9-of-the-alerts"
    done = project.push("--json")
    assert done.code == ExitCode.REFUSED
    assert "| with " in done.err
    assert "c4na9" not in done.text
    assert "error[hook-failed]: the hook 'first' (before_push) failed: it took longer than 1 s" in done.err
    assert "state: Nothing was changed on any host." in done.err
    assert problems(done.document, "safedeploy-push") == []
    assert {host["end"] for host in done.document["hosts"].values()} == {"untouched"}
    assert pushed.trees() == before
    (after,) = told(project)
    assert (after["RESULT"], after["EXIT_CODE"]) == ("untouched", str(int(ExitCode.REFUSED)))
    assert all(host["lease"] is None for host in project.status().values())


def test_an_interruption_while_a_hook_runs_ends_the_hook_and_changes_nothing(pushed, hooked):
    before = pushed.trees()
    project = hooked("echo $$ >pid; exec sleep 60", TELL)
    with project.start("push", "lab", "--yes", "--no-diff") as run:
        run.wait_for("before_push: first")
        os.killpg(run.process.pid, signal.SIGINT)
        done = run.done()
    assert done.code == ExitCode.INTERRUPTED, done.text
    assert pushed.trees() == before
    assert told(project)[-1]["RESULT"] == "untouched"
