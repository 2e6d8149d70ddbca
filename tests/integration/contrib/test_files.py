"""Each file of contrib/ before the tool that knows its kind, and a broken copy of it, which the tool must refuse."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.contrib import jobs
from tests.integration.contrib.jobs import CONTRIB, CRON, GITHUB, GITLAB, SERVICE

BIN = Path(sys.executable).parent
CHECKOUT = CONTRIB.parent
TIMER = CONTRIB / "systemd/safedeploy-drift@.timer"
CONTAINERFILE = CONTRIB / "Containerfile"


def run(*line, **more):
    return subprocess.run([str(word) for word in line], capture_output=True, text=True, check=False, **more)


def zizmor(path):
    return run(BIN / "zizmor", "--offline", "--no-progress", "--no-config", path)


def schema(name, *more):
    return lambda path: run(BIN / "check-jsonschema", "--builtin-schema", f"vendor.{name}", *more, path)


def hadolint(path):
    return run(BIN / "hadolint", "--no-color", path)


def systemd_verify(path):
    """In a directory of its own, beside the unit that it belongs to; the program is the one of these tests."""
    for unit in (SERVICE, TIMER):
        if not (beside := path.with_name(unit.name)).exists():
            beside.write_text(unit.read_text())
    service = path.with_name(SERVICE.name)
    service.write_text(service.read_text().replace("/opt/safedeploy/bin/safedeploy", str(BIN / "safedeploy")))
    return run("systemd-analyze", "verify", path, cwd=path.parent)


def systemd_security(path):
    return run("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", path)


def crontab(path):
    return run("crontab", "-n", path)


CASES = (
    ("zizmor", zizmor, GITHUB, "  pull_request:\n", "  pull_request_target:\n"),
    ("zizmor and templates in scripts", zizmor, GITHUB, '"commit $GITHUB_SHA"', '"${{ github.head_ref }}"'),
    ("GitHub's schema", schema("github-workflows"), GITHUB, "timeout-minutes: 30\n", "timeout: 30\n"),
    ("GitLab's schema", schema("gitlab-ci", "--data-transform", "gitlab-ci"), GITLAB, "when: manual", "when: asked"),
    ("hadolint", hadolint, CONTAINERFILE, "WORKDIR /src", "WORKDIR src"),
    ("systemd, the service", systemd_verify, SERVICE, "Type=oneshot", "ExecStart=/nowhere/x"),
    ("systemd, the timer", systemd_verify, TIMER, "OnCalendar=hourly", "OnCalendar=often"),
    ("systemd, hardening", systemd_security, SERVICE, "CapabilityBoundingSet=\n", "#\n"),
    ("cron", crontab, CRON, "17 * * * *", "17 * * 13 *"),
)


@pytest.mark.parametrize(("check", "path", "good", "bad"), [case[1:] for case in CASES], ids=[one[0] for one in CASES])
def test_a_file_is_accepted_by_the_tool_of_its_kind_and_a_broken_copy_is_not(tmp_path, check, path, good, bad):
    copy = tmp_path / path.name
    copy.write_text(path.read_text())
    done = check(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert good in path.read_text()
    copy.write_text(path.read_text().replace(good, bad))
    done = check(copy)
    assert done.returncode != 0, f"{bad!r} instead of {good!r} was accepted: {done.stdout}{done.stderr}"


SCRIPTS = [
    *((f"GitHub: {one.job}: {one.name}", "bash", one.text) for one in jobs.github()),
    *((f"GitLab: {one.name}", "bash", one.text) for one in jobs.gitlab()),
    ("cron", "sh", jobs.cron_command() + "\n"),
]


@pytest.mark.parametrize(("shell", "text"), [one[1:] for one in SCRIPTS], ids=[one[0] for one in SCRIPTS])
def test_shell_lines_are_well(shell, text):
    done = run(BIN / "shellcheck", f"--shell={shell}", "-", input=text)
    assert done.returncode == 0, done.stdout


def test_shellcheck_looks_at_what_it_is_given():
    assert run(BIN / "shellcheck", "--shell=bash", "-", input='rm -rf $HOME/"$UNSET"\ncd $X').returncode != 0


def test_cron_reads_a_file_of_this_name():
    assert re.fullmatch(r"[A-Za-z0-9_-]+", CRON.name)


def test_actions_are_pinned_by_their_commits():
    used = [step["uses"] for job in jobs.load(GITHUB)["jobs"].values() for step in job["steps"] if "uses" in step]
    assert used
    assert [one for one in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", one)] == []


def test_the_user_of_the_units_is_made_by_the_file_beside_them(tmp_path):
    (tmp_path / "etc").mkdir()
    done = run("systemd-sysusers", f"--root={tmp_path}", CONTRIB / "systemd/safedeploy.sysusers.conf")
    assert done.returncode == 0, done.stderr
    user = re.search(r"^User=(.+)$", SERVICE.read_text(), re.MULTILINE).group(1)
    (row,) = (tmp_path / "etc/passwd").read_text().splitlines()
    assert row.split(":")[0] == user
    assert row.split(":")[5:] == ["/var/lib/safedeploy-control", "/usr/sbin/nologin"]


def test_the_image_gets_all_that_the_package_is_built_from(tmp_path):
    for words in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE.read_text(), re.MULTILINE):
        *sources, target = words.split()
        for source in sources:
            place = tmp_path / target / source if target == "./" else tmp_path / target
            if (CHECKOUT / source).is_dir():
                shutil.copytree(CHECKOUT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(CHECKOUT / source, place)
    line = "from hatchling.build import build_wheel; print(build_wheel('.'))"
    built = run(sys.executable, "-c", line, cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert (tmp_path / built.stdout.strip()).exists()
