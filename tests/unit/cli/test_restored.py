"""What was recorded of a screen prints the same screen again."""

from __future__ import annotations

import io
import json

from rich.console import Console

from safedeploy.cli import documents, plan_view, preflight_view, push_view, restored
from safedeploy.core.acceptance import Acceptance
from safedeploy.core.diff import unified
from safedeploy.core.errors import ExitCode
from safedeploy.core.examined import Examined
from safedeploy.core.hooks import HookRun, When
from safedeploy.core.outcome import End, HostEnd
from safedeploy.core.plan import Action, ActionKind, HostPlan, Verdict
from safedeploy.core.preflight import Preflight
from safedeploy.core.traffic import BatchTraffic, Counted, NewKind, Workers
from safedeploy.core.tree import ABSENT, Entry, Kind
from safedeploy.core.went_back import KeptAside, WentBack
from safedeploy.workflows.planning import FleetPlan
from safedeploy.workflows.push_result import PushResult
from tests.unit.cli.test_preflight_view import HTACCESS, broken, check

FILE = Entry(kind=Kind.FILE, sha256="a" * 64, size=1, mode="0644", owner="root", group="root")
CREATE = Action(path="/etc/a", kind=ActionKind.CREATE, before=ABSENT, after=FILE, reason="not there yet", origin="a.j2")


def host_plan(host, verdict=Verdict.CHANGE):
    actions = (CREATE,) if verdict is Verdict.CHANGE else ()
    return HostPlan(
        host=host, verdict=verdict, reason="1 of 1 paths differ", actions=actions, tree="t", expect_live="l",
        release="aaa", restart=("Listen changes",), notes=("note",),
    )  # fmt: skip


PLAN = FleetPlan(
    environment="prod",
    release="aaa",
    hosts={"web1": host_plan("web1"), "web2": host_plan("web2", Verdict.NOTHING)},
    diffs=((("web1",), unified("/etc/a", b"one\n", b"two\nthree\n", lambda *both: both)),),
    missing={"web3": "no answer"},
    examined={"web1": Examined(refusal="Syntax error"), "web2": Examined(why="nothing changes there")},
)
RESULT = PushResult(
    run="20260301T120000Z-abc123",
    environment="prod",
    release="aaa",
    ends={
        "web1": HostEnd(
            host="web1", end=End.REVERTED, why="500", release="bbb", seconds=1.25,
            verdicts=check(broken()).trial.regressions,
            went_back=WentBack(went_to="known-good", tried=("before: 500",), kept_aside=(KeptAside(path="/etc/a"),)),
        ),
        "web2": HostEnd(host="web2", end=End.STRANDED, why="dead", steps=("apachectl start  # start it",)),
    },
    code=ExitCode.STRANDED,
    trouble="ssh broke",
    preflight=Preflight(hosts={"web1": check(broken(), HTACCESS)}, stale=("aaaaaaaa",)),
    seconds={"preflight": 1.0, "rollout": 2.0},
    acceptance=Acceptance(ids=("aaaaaaaa",), by="anna", reason="known"),
    causes={"web1": check(broken(), HTACCESS).causes},
    hooks=(HookRun(when=When.AFTER, name="tell", why="exit code 1", seconds=0.1, output="no\nroute"),),
    traffic=(
        BatchTraffic(
            hosts=("web1",), verdict="stop", action="stop", why="w", line="5xx rise", now=Counted(requests=5),
            signatures=(NewKind(key="AH1", level="error", count=2, sample="x"),),
            workers={"web1": Workers(busy=1, idle=0, served=9)},
        ),
    ),
)  # fmt: skip


def screen(view, value, **how):
    file = io.StringIO()
    view(Console(file=file, width=10_000, highlight=False), value, **how)
    return file.getvalue()


def through_json(document):
    return json.loads(json.dumps(document))


def test_a_plan():
    again = restored.plan(through_json(documents.plan_document(PLAN)))
    assert screen(plan_view.show_plan, again) == screen(plan_view.show_plan, PLAN)


def test_the_last_screen_of_a_push_with_all_that_can_be_on_it():
    again = restored.push(through_json(documents.push_document(RESULT)))
    expected = screen(push_view.show_result, RESULT)
    assert "the live server answered worse" in expected
    assert "5xx rise" in expected
    assert screen(push_view.show_result, again) == expected


def test_a_preflight_with_regressions_and_their_likely_lines():
    again = restored.push(through_json(documents.push_document(RESULT))).preflight
    expected = screen(preflight_view.show_preflight, RESULT.preflight)
    assert "+ Options -Indexes" in expected
    assert screen(preflight_view.show_preflight, again) == expected


def test_a_document_of_another_version_is_shown_as_far_as_it_goes():
    least = {"run": "r", "environment": "prod", "release": "a", "hosts": {"web1": {"end": "confirmed", "why": ""}}}
    again = restored.push({**least, "exit_code": 0, "later": [1]})
    assert "web1  confirmed" in screen(push_view.show_result, again)
