"""The jobs of contrib/ as their files have them, in their order, on the lab, run as by a platform: without terminal."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.conftest import place
from tests.e2e.program import PROGRAM
from tests.e2e.project import Project
from tests.e2e.test_hand_edits import edit
from tests.integration.contrib import jobs
from tests.integration.contrib.platform_server import serving

# Of GitLab's markers: control sequences by its definition, which it takes out of what it shows.
SECTION = re.compile(r"\x1b\[0Ksection_(?:start|end):\d+:[\w.-]+(?:\[collapsed=true\])?\r\x1b\[0K")
GITHUB_COMMAND = re.compile(r"::(?:group|endgroup|error|warning|notice)(?: title=[^:]*)?::")
NOT_A_JOB_HERE = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "NO_COLOR", "TERM")


@dataclass
class Story:
    """What became of the jobs: exit code and log of each, by name."""

    platform: str
    project: Project
    fleet: object
    api: str
    commit: str = ""
    codes: dict[str, int] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)

    @property
    def reports(self):
        return self.project.root / "safedeploy-reports"

    @property
    def base(self):
        return self.project.root.parent

    def environ(self):
        """What the platform gives to every job. FORCE_COLOR is common there, and must not matter."""
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_A_JOB_HERE}
        root = str(self.project.root)
        common = {
            **self.project.environ,
            "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}",
            "HOME": str(self.base),
            "CI": "true",
            "FORCE_COLOR": "1",
            "ENVIRONMENT": "lab",
        }
        github = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": f"{self.api}/api",
            "GITHUB_ENV": str(self.base / "env"),
            "GITHUB_EVENT_PATH": str(self.base / "event.json"),
            "GITHUB_HEAD_REF": "csp",
            "GITHUB_OUTPUT": str(self.base / "output"),
            "GITHUB_REPOSITORY": "example/web",
            "GITHUB_RUN_ID": "77",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": self.commit,
            "GITHUB_STEP_SUMMARY": str(self.base / "summary.md"),
            "GITHUB_TOKEN": "token",
            "GITHUB_TRIGGERING_ACTOR": "anna",
            "GITHUB_WORKSPACE": root,
            "KNOWN_HOSTS": "web1 ssh-ed25519 AAAA",
            "SSH_KEY": "a key",
            "VAULT_PASSWORD": "",
        }
        gitlab = {
            "CI_API_V4_URL": f"{self.api}/api/v4",
            "CI_COMMIT_REF_NAME": "csp",
            "CI_COMMIT_SHA": self.commit,
            "CI_JOB_URL": "https://gitlab.example.com/web/-/jobs/9",
            "CI_MERGE_REQUEST_IID": "12",
            "CI_MERGE_REQUEST_PROJECT_ID": "3",
            "CI_PROJECT_DIR": root,
            "GITLAB_CI": "true",
            "GITLAB_USER_LOGIN": "anna",
            "SAFEDEPLOY_KNOWN_HOSTS": str(self.base / "event.json"),
            "SAFEDEPLOY_NOTE_TOKEN": "token",
            "SAFEDEPLOY_SSH_KEY": str(self.base / "event.json"),
        }
        return {**inherited, **common, **(github if self.platform == "GitHub" else gitlab)}

    def run(self, name, shell, text):
        (self.base / "script.sh").write_text(text)
        done = subprocess.run(
            [*shell, str(self.base / "script.sh")],
            cwd=self.project.root,
            env=self.environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=150,
            check=False,
        )
        self.codes[name], self.logs[name] = done.returncode, done.stdout.decode()

    def steps(self):
        """The scripts of the jobs, in their order; what installs safedeploy is not one of the lab's."""
        if self.platform == "GitHub":
            shell, scripts = jobs.GITHUB_SHELL, jobs.github()
        else:
            shell, scripts = jobs.GITLAB_SHELL, jobs.gitlab()
        for one in scripts:
            if one.name != "Install":
                yield f"{one.job}: {one.name}", shell, one.text

    def keep(self, report, name):
        (self.reports / report).rename(self.reports / name)

    def git(self, *arguments):
        who = ("-c", "user.name=anna", "-c", "user.email=anna@example.com")
        line = ["git", "-C", str(self.project.root), *who, *arguments]
        return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module", params=["GitHub", "GitLab"])
def story(request, fleet, first_release, tmp_path_factory):
    """A change from its request to the fleet; its plan again, which holds no longer; drift before and after an edit."""
    first_release()
    base = tmp_path_factory.mktemp("job")
    (base / "project").mkdir()
    (base / "event.json").write_text(json.dumps({"pull_request": {"number": 12}}))
    project = Project(base / "project", place(fleet))
    # Quick, for what is looked at here are the jobs: one batch, and one platform's hosts really start the candidate.
    project.rollout(batches=[3])
    if request.param == "GitLab":
        project.without_shadow()
    project.second_release()
    project.conf("# ##[add-mask]e")  # a command of GitHub's, in a file of the fleet
    (project.root / "ci").mkdir()
    shutil.copy(jobs.CONTRIB / "comment.py", project.root / "ci/comment.py")
    with serving() as server:
        story = Story(platform=request.param, project=project, fleet=fleet, api=server.address)
        story.git("init", "--quiet")
        story.git("add", ".")
        story.git("commit", "--quiet", "--message", "a content security policy")
        story.commit = story.git("rev-parse", "HEAD")
        story.git("checkout", "--quiet", "--detach")
        for name, shell, text in story.steps():
            story.run(name, shell, text)
            if "safedeploy push" in text:
                story.run("the push once more", shell, text)
        story.keep("drift.xml", "no-drift.xml")
        edit(fleet)
        story.run("drift after an edit", shell, text)
        story.comments = [one["body"] for one in server.comments.values()]
    return story


def test_every_job_ends_well_but_a_push_of_a_plan_that_no_longer_holds_and_a_drift_check_of_an_edited_host(story):
    others = {"the push once more": ExitCode.REFUSED, "drift after an edit": ExitCode.DIFFERENCES}
    assert story.codes == dict.fromkeys(story.codes, ExitCode.OK) | others, story.logs


def test_the_plan_is_on_the_change_request(story):
    (comment,) = story.comments
    assert comment == (story.reports / "plan.md").read_text()
    assert comment.startswith("<!-- safedeploy-plan lab -->\n### safedeploy plan for `lab`: 3 to change\n")
    assert f"commit `{story.commit[:12]}`" in comment
    assert "+Header always set Content-Security-Policy" in comment


def test_what_was_planned_is_what_was_pushed(story):
    planned = json.loads((story.reports / "plan.json").read_text())["release"]
    assert {host["live"] for host in story.project.status().values()} == {planned}


def test_the_release_says_which_job_it_came_from(story):
    release = json.loads((story.reports / "plan.json").read_text())["release"]
    state = story.fleet.host("web2").layout.state_dir
    manifest = json.loads(story.fleet.shell("web2", f"cat {state}/releases/{release}/manifest.json"))
    provenance = manifest["provenance"]
    page = {
        "GitHub": "https://github.com/example/web/actions/runs/77",
        "GitLab": "https://gitlab.example.com/web/-/jobs/9",
    }
    assert provenance["job_url"] == page[story.platform]
    assert provenance["actor"].startswith("anna@")
    assert (provenance["commit"], provenance["branch"], provenance["dirty"]) == (story.commit, "csp", False)


def test_a_log_has_no_control_sequence_beside_the_platform_s_own(story):
    logs = {name: SECTION.sub("", log) if story.platform == "GitLab" else log for name, log in story.logs.items()}
    assert [name for name, log in logs.items() if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", log)] == []


def test_a_log_folds_each_difference(story):
    log = next(log for log in story.logs.values() if "lines added" in log)
    title = r"/etc/apache2/\S+ on all hosts: \d+ lines added, \d+ removed"
    if story.platform == "GitHub":
        assert re.search(rf"^::group::{title}\n(?:(?!::).*\n)+::endgroup::$", log, re.MULTILINE)
    else:
        assert re.search(
            rf"section_start:\d+:(\w+)\[collapsed=true\]\r\x1b\[0K{title}\n(?s:.+?)section_end:\d+:\1\r", log
        )


def test_a_line_says_what_each_command_ended_with_and_in_which_run(story):
    for command, code in (("plan", "8 (differences)" if story.platform == "GitHub" else "0 (ok)"), ("push", "0 (ok)")):
        said = rf"^safedeploy {command} lab: exit code {re.escape(code)}: .+; run \d{{8}}T\d{{6}}Z-[0-9a-f]{{6}}$"
        assert any(re.search(said, log, re.MULTILINE) for log in story.logs.values()), story.logs
    assert "exit code 4 (refused)" in story.logs["the push once more"].splitlines()[-1]


def test_github_finds_the_commands_that_are_meant_and_no_others(story):
    lines = [line for log in story.logs.values() for line in log.splitlines()]
    commands = [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
    if story.platform == "GitLab":
        assert set(commands) == {"+# ##[add-mask]e"}  # means nothing there
        return
    assert [line for line in commands if not GITHUB_COMMAND.match(line)] == []
    assert any("## [add-mask]e" in line for line in lines), "the command was not in the log at all: this shows nothing"
    (note,) = (line for line in story.logs["the push once more"].splitlines() if line.startswith("::error "))
    assert note.startswith("::error title=safedeploy%3A plan-out-of-date::the saved plan no longer holds:%0A")


def test_the_check_is_in_a_report_with_every_host(story):
    root = ET.parse(story.reports / "check.xml").getroot()
    assert {case.get("classname") for case in root.iter("testcase")} == set(story.fleet.names)
    assert root.get("failures") == root.get("errors") == "0"


def test_drift_is_in_a_report_and_the_log(story):
    before, after = (ET.parse(story.reports / name).getroot() for name in ("no-drift.xml", "drift.xml"))
    assert before.get("failures") == before.get("errors") == "0"
    failed = {case.get("classname") for case in after.iter("testcase") if case.find("failure") is not None}
    assert failed == {"web2"}
    log = story.logs["drift after an edit"]
    assert "edited" in log
    assert "drift lab: exit code 8 (differences)" in log.splitlines()[-1]
    assert story.platform == "GitLab" or "\n::warning title=safedeploy%3A differences::" in log


def test_github_is_told_whether_there_is_something_to_approve(story):
    if story.platform == "GitHub":
        assert (story.base / "output").read_text() == "acts=true\n"
        assert (story.base / "summary.md").read_text() == (story.reports / "plan.md").read_text()
