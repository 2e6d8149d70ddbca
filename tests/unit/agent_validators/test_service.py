"""How another service is told, where systemd runs and where it does not.

systemd does not run in a test; a program of its name stands in, which keeps the state of one unit in files.
"""

from __future__ import annotations

import pytest
from safedeploy_host import control
from safedeploy_host.validators import reloading, service
from safedeploy_host.validators.known import KNOWN

SYSTEMCTL = """#!/bin/sh
cd "{base}" || exit 1
echo "$*" >>said
case "$*" in
  "show --property=LoadState nginx") echo LoadState=loaded ;;
  show*) echo LoadState=not-found ;;
  "is-active --quiet nginx") test -e running ;;
  "reload nginx") test -e running && test ! -e deadly || exit 1 ;;
  "restart nginx") test ! -e broken && touch running ;;
esac
"""
FILE = "/etc/nginx/nginx.conf"
DECLARED = {"files": {FILE: {"reload": "nginx", "validate": "none", "reason": "a test"}}}


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    """A machine on which systemd runs, with one unit, nginx, that is active while the file `running` is there."""
    program = tmp_path / "systemctl"
    program.write_text(SYSTEMCTL.format(base=tmp_path))
    program.chmod(0o755)
    (tmp_path / "running").touch()
    monkeypatch.setattr(control, "PATH", f"{tmp_path}:{control.PATH}")
    monkeypatch.setattr(service, "systemd_runs", lambda: True)
    monkeypatch.setattr(reloading, "SETTLING", 0)
    return tmp_path


def said(systemd):
    return (systemd / "said").read_text().splitlines()


def test_a_unit_is_reloaded_by_systemctl(systemd):
    (item,) = reloading.items([FILE], DECLARED)
    assert (item["unit"], item["running"]) == ("nginx", True)
    (done,) = reloading.reload([item], DECLARED)
    assert done["how"] == "systemctl reload nginx"
    assert "reload nginx" in said(systemd)


def test_the_first_name_that_the_host_has_is_taken(systemd):
    assert service.unit({"services": ["not-here", "nginx"]}, "") == "nginx"
    assert service.unit(KNOWN["sshd"], "") is None


def test_a_unit_that_is_not_there_is_found_before_anything_is_live(systemd):
    items = reloading.items(
        ["/etc/haproxy/haproxy.cfg"], {"files": {"/etc/haproxy/haproxy.cfg": {"reload": "haproxy"}}}
    )
    (finding,) = reloading.findings(items)
    assert (finding["severity"], finding["kind"]) == ("error", "service-missing")
    assert "haproxy" in finding["text"]


def test_a_unit_that_does_not_run_is_left_alone_both_ways(systemd):
    (systemd / "running").unlink()
    items = reloading.items([FILE], DECLARED)
    assert [finding["kind"] for finding in reloading.findings(items)] == ["service-not-running"]
    assert reloading.reload(items, DECLARED)[0]["how"] == "not running: nothing to reload"
    _, lost = reloading.restore(items)
    assert lost == []
    assert not (systemd / "running").exists()
    assert {line.split()[0] for line in said(systemd)} == {"show", "is-active"}


def test_a_unit_that_dies_of_its_reload_fails_and_comes_up_again_on_the_old_files(systemd):
    items = reloading.items([FILE], DECLARED)
    (systemd / "systemctl").write_text(
        SYSTEMCTL.format(base=systemd).replace("test -e running && test", "rm running; test")
    )
    with pytest.raises(reloading.Failed, match="nginx died when it was reloaded"):
        reloading.reload(items, DECLARED)
    done, lost = reloading.restore(items)
    assert lost == []
    assert "restart nginx" in said(systemd)
    assert (systemd / "running").exists()
    assert "it was not running any more" in done[0]["how"]


def test_a_unit_that_ran_and_cannot_be_brought_back_is_no_verified_revert(systemd):
    items = reloading.items([FILE], DECLARED)
    (systemd / "running").unlink()
    (systemd / "broken").touch()
    _, lost = reloading.restore(items)
    assert len(lost) == 1
    assert lost[0].startswith("nginx: it ran before, and does not come up")


def test_a_service_that_has_no_reload_is_restarted(systemd):
    text = (systemd / "systemctl").read_text().replace("nginx", "rsyslog")
    (systemd / "systemctl").write_text(text)
    (item,) = reloading.items(["/etc/rsyslog.conf"], {"files": {"/etc/rsyslog.conf": {"reload": "rsyslog"}}})
    assert item["argv"] == ["systemctl", "restart", "rsyslog"]


def test_without_systemd_the_service_program_is_asked(monkeypatch):
    monkeypatch.setattr(service, "systemd_runs", lambda: False)
    assert service.command("nginx", "reload") == ["service", "nginx", "reload"]


def test_many_files_of_a_service_are_one_reload(systemd):
    files = {f"/etc/nginx/{name}": {"reload": "nginx"} for name in "abc"}
    (item,) = reloading.items(files, {"files": files})
    assert len(item["files"]) == 3
