"""Real validators, asked about files that are nowhere but in their private mounts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.validators.host import needs

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="these validators serve root alone")
NO_SSHD = Path("/usr/sbin/sshd").exists() and not list(Path("/etc/ssh").glob("ssh_host_*_key"))

SUDO = "/etc/sudoers.d/safedeploy-test"
SSHD = "/etc/ssh/sshd_config.d/safedeploy-test.conf"
NGINX = "/etc/nginx/conf.d/safedeploy-test.conf"
LOGROTATE = "/etc/logrotate.d/safedeploy-test"
UNIT = "/etc/systemd/system/safedeploy-test.service"
CRON = "/etc/cron.d/safedeploy-test"

CASES = [
    pytest.param(
        SUDO, "0440", "ops ALL = (ALL) ALL\n", "ops ALL = (ALL\n", 1, marks=[needs("visudo"), as_root], id="sudo"
    ),
    pytest.param(
        SSHD,
        "0644",
        "PermitRootLogin no\n",
        "X11Forwarding no\nPermitRootLoginn no\n",
        2,
        marks=[needs("sshd"), as_root, pytest.mark.skipif(NO_SSHD, reason="there are no host keys")],
        id="sshd",
    ),
    pytest.param(
        NGINX,
        "0644",
        "server { listen unix:/run/safedeploy-test.sock; server_name x.test; }\n",
        "server {\n  listn 80;\n}\n",
        2,
        marks=[needs("nginx"), as_root],
        id="nginx",
    ),
    pytest.param(
        LOGROTATE,
        "0644",
        "/var/log/not-there-yet.log {\n  weekly\n}\n",
        "/var/log/a.log {\n  weekly\n  rotatee 4\n}\n",
        3,
        marks=needs("logrotate"),
        id="logrotate",
    ),
    pytest.param(
        UNIT,
        "0644",
        "[Service]\nExecStart=/bin/true\n",
        "[Service]\nExecStart=/bin/true\nRestrat=always\n",
        3,
        marks=needs("systemd-analyze"),
        id="systemd",
    ),
    pytest.param(
        CRON, "0644", "0 4 * * * root true\n", "0 24 * * * root true\n", None, marks=needs("crontab"), id="cron"
    ),
]


@pytest.mark.parametrize(("path", "mode", "good", "bad", "line"), CASES)
def test_a_good_file_passes_and_a_bad_one_is_refused_at_its_line(host, path, mode, *, good, bad, line):
    host.file(path, good, mode)
    done = host.run()
    assert [one["ok"] for one in done["validated"]] == [True], done
    assert [finding for finding in done["findings"] if finding["severity"] == "error"] == []
    host.file(path, bad, mode)
    (error,) = [finding for finding in host.findings() if finding["severity"] == "error"]
    assert error["kind"] == "validator-failed"
    if line is not None:
        assert error["place"] == f"{path}:{line}"


@needs("visudo")
@as_root
def test_the_whole_is_judged_and_not_the_file_alone(host):
    host.file(SUDO, "ops ALL = (ALL) ALL\n", "0644")
    assert "bad permissions" in host.errors()[0]


@needs("visudo")
@as_root
def test_a_file_that_its_service_passes_over_is_said(host):
    host.file("/etc/sudoers.d/safedeploy.test", "ops ALL = (ALL) ALL\n", "0440")
    (finding,) = host.findings("name-not-read")
    assert finding["severity"] == "warning"


@needs("nginx")
@as_root
def test_two_files_that_need_each_other_are_judged_together(host):
    host.file(NGINX, "include /etc/nginx/safedeploy-test.inc;\n")
    assert "safedeploy-test.inc" in host.errors()[0]
    host.file("/etc/nginx/safedeploy-test.inc", "upstream x { server 127.0.0.1:1; }\n")
    assert host.errors() == []
    (validated,) = host.run()["validated"]
    assert len(validated["files"]) == 2


@needs("nginx")
@as_root
def test_a_file_elsewhere_that_names_its_validator_is_judged_by_itself(host, tmp_path):
    path = tmp_path / "nginx.conf"
    host.file(path, "events {}\nhttp { servr {} }\n", validate="nginx")
    (error,) = host.findings("validator-failed")
    assert error["text"].startswith(f"nginx -t -c {path} refuses {path}")


@needs("dnsmasq")
def test_a_file_that_the_whole_may_not_see_is_judged_by_itself_as_well(host):
    host.file("/etc/dnsmasq.d/safedeploy-test", "no-such-option\n")
    assert "dnsmasq --test --conf-file=/etc/dnsmasq.d/safedeploy-test refuses" in host.errors()[0]


@needs("systemd-analyze")
def test_a_drop_in_is_judged_with_its_unit(host):
    host.file(UNIT, "[Service]\nExecStart=/bin/true\n")
    host.file(f"{UNIT}.d/limits.conf", "[Service]\nLimitNOFIL=3\n")
    assert any("LimitNOFIL" in text for text in host.errors())


@needs("visudo")
@as_root
def test_a_service_that_was_broken_before_is_said_to_be_so(host, tmp_path):
    """The live files fail, and the change has nothing to do with it: the push of something else goes on."""
    broken = tmp_path / "broken.conf"
    broken.write_text("broken\n")
    host.validator("app", "/bin/sh", "-c", f"cat {broken}; exit 1", paths=[str(tmp_path / "*.ini")])
    host.file(tmp_path / "app.ini", "x")
    (finding,) = host.findings()
    assert (finding["severity"], finding["kind"]) == ("warning", "validator-failed-before")


def test_a_validator_that_is_not_installed_is_said(host, tmp_path):
    host.validator("app", "/opt/no-such-program/check", "{file}", paths=[str(tmp_path / "*.ini")])
    host.file(tmp_path / "app.ini", "x")
    (finding,) = host.findings()
    assert (finding["severity"], finding["kind"]) == ("warning", "validator-missing")
    assert "/opt/no-such-program/check is not installed" in finding["text"]
    host.file(tmp_path / "app.ini", "x", validate="app")
    assert host.findings()[0]["severity"] == "error"


def test_a_declared_validator_gets_the_file_in_its_place_and_no_shell(host, tmp_path):
    host.validator("app", "grep", "-q", "$(touch /tmp/x);*", "{file}")
    host.file(tmp_path / "new/app.ini", "$(touch /tmp/x);*", validate="app")
    done = host.run()
    assert done["findings"] == []
    assert done["validated"][0]["command"].endswith(str(tmp_path / "new/app.ini"))
    assert not (tmp_path / "new").exists()


def test_a_validator_that_hangs_is_stopped_in_its_time(host, tmp_path):
    host.validator("app", "sleep", "60", timeout=0.5, paths=[str(tmp_path / "*.ini")])
    host.file(tmp_path / "app.ini", "x", validate="app")
    done = host.run()
    assert "was stopped after" in done["validated"][0]["output"]
    assert done["validated"][0]["seconds"] < 5


def test_a_validator_that_talks_without_end_is_cut_short(host, tmp_path):
    host.validator("app", sys.executable, "-c", "print('x y z\\n' * 500000 + 'end'); raise SystemExit(1)")
    host.file(tmp_path / "app.ini", "x", validate="app")
    (validated,) = host.run()["validated"]
    assert len(validated["output"]) < 5000


def test_a_program_that_has_not_the_options_is_not_a_refusal(host, tmp_path):
    host.validator("app", "grep", "--no-such-option", "{file}", paths=[str(tmp_path / "*.ini")])
    host.file(tmp_path / "app.ini", "x")
    (finding,) = host.findings()
    assert finding["kind"] == "validator-unable"


def test_nothing_is_started_when_no_file_of_another_service_changes(host, tmp_path):
    host.file(tmp_path / "httpd/sites/www.conf", "x")
    assert host.run() == {"findings": [], "validated": []}


def test_what_a_validator_writes_beside_the_candidate_goes_with_its_mounts(host, tmp_path):
    """The file that it writes lies in a directory that is covered; the host never sees it."""
    host.validator("app", "/bin/sh", "-c", 'echo made > "$(dirname "$0")/made"', "{file}")
    host.file(tmp_path / "app.ini", "x", validate="app")
    assert host.errors() == []
    assert not (tmp_path / "made").exists()
    assert "made" not in subprocess.run(["ls", tmp_path], capture_output=True, text=True, check=True).stdout
