"""The log of a CI job, from a process whose output goes into a pipe, as a job's does."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from safedeploy.cli.job_log import LONGEST_NOTE

PRELUDE = """
import sys
from safedeploy.cli import job_log
from safedeploy.cli.screen import err, out, say
job_log.start()
"""
GROUP = """
with job_log.group(out(), "a title: 100%\\n::error::x", style="bold"):
    say(out(), "::add-mask::in it")
say(out(), "after it")
"""
PROGRESS = """
from safedeploy.cli.progress import Progress
from safedeploy.workflows.events import Phase, Status
progress = Progress()
progress.phase(Phase.PREFLIGHT, "2 hosts")
progress.host("web1", Phase.PREFLIGHT, Status.OK, "web1 passed")
progress.host("web2", Phase.PREFLIGHT, Status.FAILED, "web2 refused")
progress.phase(Phase.ROLLOUT, "1 host")
progress.pause()
"""
NOTE = """
job_log.annotate(err(), "error", "a: b, c", "first, 5%\\n::second::")
"""
SECTION = re.compile(
    r"\x1b\[0Ksection_start:\d{10}:(\w+)\[collapsed=true\]\r\x1b\[0K(.+)\n(.+\n)\x1b\[0Ksection_end:\d{10}:(\w+)\r\x1b\[0K\n"
)


def run(script, *, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **environ):
    inherited = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "TF_BUILD", "NO_COLOR")
    plain = {name: value for name, value in os.environ.items() if name not in inherited}
    line = [sys.executable, "-c", PRELUDE + script]
    return subprocess.run(line, env={**plain, **environ}, stdout=stdout, stderr=stderr, check=True)


@pytest.fixture(scope="module", params=[{}, {"CI": "true"}, {"CI": "true", "FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"}])
def without_groups(request):
    return run(GROUP + PROGRESS + NOTE, **request.param)


def test_elsewhere_a_title_is_a_line_and_nothing_is_a_control_sequence(without_groups):
    assert without_groups.stdout.decode() == "a title: 100%\n::error::x\n::add-mask::in it\nafter it\n"
    assert "\x1b" not in without_groups.stderr.decode()
    assert "error" not in without_groups.stderr.decode()


def test_github_folds_between_its_commands_and_finds_no_others():
    shown = run(GROUP, GITHUB_ACTIONS="true").stdout.decode()
    assert shown == "::group::a title: 100%25\n: :add-mask::in it\n::endgroup::\nafter it\n"


def test_gitlab_folds_between_its_markers():
    shown = run(GROUP, GITLAB_CI="true").stdout.decode()
    found = SECTION.match(shown)
    assert found, shown
    assert found.group(2) == "a title: 100%"
    assert found.group(3) == "::add-mask::in it\n"
    assert found.group(1) == found.group(4)
    assert shown[found.end() :] == "after it\n"


@pytest.mark.parametrize("variables", [{"GITHUB_ACTIONS": "true"}, {"GITLAB_CI": "true"}], ids=str)
def test_a_file_that_output_was_redirected_to_has_no_groups_in_it(tmp_path, variables):
    with (tmp_path / "file").open("wb") as file:
        run(GROUP, stdout=file, **variables)
    assert (tmp_path / "file").read_text().startswith("a title")
    with (tmp_path / "log").open("wb") as file:  # some runners have the log itself as a file
        run(GROUP, stdout=file, stderr=file, **variables)
    assert not (tmp_path / "log").read_text().startswith("a title")


def test_a_failure_is_not_folded_away():
    lines = run(PROGRESS, GITHUB_ACTIONS="true").stderr.decode().splitlines()
    words = [re.sub(r"\[ *[\d.]+ s\] +", "", line) for line in lines]
    assert words == [
        "::group::preflight: 2 hosts",
        "web1: ok: web1 passed",
        "::endgroup::",
        "web2: FAILED: web2 refused",
        "rollout: 1 host",
    ]


def test_a_note_beside_the_change_is_one_command():
    shown = run(NOTE, GITHUB_ACTIONS="true").stderr.decode()
    assert shown == "::error title=a%3A b%2C c::first, 5%25%0A::second::\n"


def test_a_note_without_end_is_cut():
    shown = run("job_log.annotate(err(), 'error', 't', 'x' * 100_000)", GITHUB_ACTIONS="true").stderr
    assert len(shown) < LONGEST_NOTE + 100
