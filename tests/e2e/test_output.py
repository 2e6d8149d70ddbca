"""What the screen shows: results, in the form that was asked for."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.program import PROGRAM


@pytest.mark.parametrize(
    "arguments", [["plan", "lab"], ["status", "lab"], ["check", "lab"]], ids=lambda words: words[0]
)
def test_json_stands_alone_on_standard_output(pushed, project, arguments):
    project.second_release()
    done = project.run(*arguments, "--json")
    assert done.code == ExitCode.OK
    assert done.document["format"] == f"safedeploy-{arguments[0]}"
    assert done.document["version"] == 1
    assert set(done.document.get("hosts") or done.document["plan"]["hosts"]) == set(pushed.names)


def test_the_json_of_a_push_says_where_each_host_ended(pushed, project):
    project.second_release()
    done = project.push("--json", "--limit", "web1,web2")
    assert done.document["exit_code"] == done.code == ExitCode.OK
    assert {host: end["end"] for host, end in done.document["hosts"].items()} == {
        "web1": "confirmed",
        "web2": "confirmed",
    }


def test_no_color_is_heeded_even_on_a_terminal(pushed, project):
    line = "script -qec 'safedeploy status lab' /dev/null"
    shown = {
        value: subprocess.run(
            ["bash", "-c", line],
            cwd=project.root,
            env={**_environ(project), "TERM": "xterm", **({"NO_COLOR": "1"} if value else {})},
            capture_output=True,
            text=True,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stdout
        for value in (True, False)
    }
    colour = re.compile(r"\x1b\[(?:\d+;)*[349][0-7]m")
    assert colour.search(shown[False]), "a terminal without NO_COLOR gets no colours: this test shows nothing"
    assert not colour.search(shown[True])


def _environ(project):
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return {**plain, **project.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
