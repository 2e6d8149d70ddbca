"""What cron and systemd run each hour, as the files of contrib/ have it, on the lab."""

from __future__ import annotations

import os
import subprocess

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.conftest import place
from tests.e2e.program import PROGRAM
from tests.e2e.project import Project
from tests.e2e.test_hand_edits import edit
from tests.integration.contrib import jobs


def by_cron(project, base):
    """What the line prints, which is what cron sends by mail."""
    command = jobs.cron_command()
    places = (("/var/lib/safedeploy-control", base), ("/srv/safedeploy", project.root), (" prod ", " lab "))
    for ours, here in places:
        assert ours in command
        command = command.replace(ours, str(here))
    path = f"{PROGRAM.parent}:/usr/bin:/bin"
    environ = {"PATH": path, "HOME": str(base), **project.environ}
    done = subprocess.run(["/bin/sh", "-c", command], env=environ, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def said(fleet, first_release, tmp_path_factory):
    """The service, cron, and cron again after an edit: exit codes, and what they printed."""
    first_release()
    base = tmp_path_factory.mktemp("schedules")
    (base / "project").mkdir()
    (base / "safedeploy-metrics").mkdir()
    project = Project(base / "project", place(fleet))
    line = [word.replace("/opt/safedeploy/bin/safedeploy", str(PROGRAM)) for word in jobs.service_command("lab", base)]
    service = subprocess.run(
        line, env={**os.environ, **project.environ}, cwd=project.root, capture_output=True, text=True, check=False
    )
    quiet = by_cron(project, base)
    edit(fleet)
    return {"service": service, "quiet": quiet, "loud": by_cron(project, base), "base": base}


def test_the_service_leaves_metrics_that_others_may_read(said):
    assert said["service"].returncode == 0, said["service"].stderr
    metrics = said["base"] / "safedeploy-metrics/lab.prom"
    assert metrics.read_text().count("\nsafedeploy_drift_host_reachable{") == 3
    assert metrics.stat().st_mode & 0o777 == 0o644


def test_drift_is_no_failure_of_the_service():
    assert jobs.of_service("SuccessExitStatus").split() == [str(int(ExitCode.DIFFERENCES))]


def test_cron_sends_no_mail_without_drift(said):
    assert said["quiet"] == ""


def test_cron_sends_mail_of_drift_with_the_exit_code_and_all_that_was_found(said):
    assert said["loud"].startswith("exit code 8: ")
    assert "web2" in said["loud"]
    assert "\x1b" not in said["loud"]
