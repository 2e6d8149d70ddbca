"""Where systemd runs, it guards the confirm window, and the start of the host."""

from __future__ import annotations

import time
from pathlib import Path

import jinja2
import pytest

from tests.e2e.systemd_host import HIERARCHY, SYSTEMD, SystemdHost

CHECKOUT = Path(__file__).resolve().parents[2]
UNIT = "safedeploy-boot-guard.service"


@pytest.fixture
def host(pushed, namespaces):
    """`web1`, on its first release, with httpd as a service of the real systemd."""
    if not SYSTEMD.exists() or not (HIERARCHY / "cgroup.procs").exists():
        pytest.skip("needs systemd and its control group hierarchy (version 1)")
    pushed.lab.stop_httpd("web1")
    host = SystemdHost(pushed)
    try:
        host.start()
        assert host.run("systemctl", "enable", "--now", "apache2.service").returncode == 0
        pushed.wait_until_served("web1")
        yield host
    finally:
        host.remove()
        pushed.shell("web1", f"rm -rf /etc/systemd/system/*.wants /etc/systemd/system/{UNIT}")


def activate(host, window):
    """Make the configuration that was there before the first push live, unconfirmed."""
    token = host.agent("take-lease", run="r2", holder="ann", ttl=60)["token"]
    done = host.agent(
        "activate", token=token, run="r2", actor="ann", release="adopted", confirm_window=window, health=[]
    )
    return done["activation"]


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_the_dead_man_is_a_service_that_comes_back_when_killed_and_reverts(host, pushed):
    before = pushed.trees()["web1"]
    httpd = host.show("apache2.service", "MainPID")
    began = time.monotonic()
    activation = activate(host, 8)
    unit = f"safedeploy-{activation}.service"
    seen = host.agent("observe")["dead_man"]
    assert (seen["kind"], seen["unit"], seen["alive"]) == ("systemd", unit, True)
    pid = host.show(unit, "MainPID")
    assert unit in host.run("cat", f"/proc/{pid}/cgroup").stdout.decode(), "it is in no session's control group"
    host.run("kill", "-9", pid)
    wait_for(lambda: host.show(unit, "MainPID") not in ("0", pid), 5)
    wait_for(lambda: host.agent("observe")["dead_man"]["alive"], 5)
    assert pushed.trees()["web1"] != before
    wait_for(lambda: pushed.trees()["web1"] == before, 8 + 3 - (time.monotonic() - began) + 3)
    wait_for(lambda: host.show(unit, "LoadState") == "not-found", 10)
    pushed.wait_until_served("web1")
    assert host.show("apache2.service", "ActiveState") == "active"
    assert host.show("apache2.service", "MainPID") == httpd, "httpd was reloaded, not started anew"


def test_the_service_ends_when_the_change_is_confirmed(host, pushed):
    activation = activate(host, 30)
    token = host.agent("take-lease", run="r2", holder="ann", ttl=60)["token"]
    host.agent("confirm", token=token, activation=activation, health=[])
    wait_for(lambda: host.show(f"safedeploy-{activation}.service", "LoadState") == "not-found", 5)


def test_the_unit_of_the_boot_guard_runs_before_httpd_and_undoes_what_was_pending(host, pushed):
    before = pushed.trees()["web1"]
    template = (CHECKOUT / "playbooks/files/safedeploy-boot-guard.service.j2").read_text()
    values = {"safedeploy_guard_state": host.state_dir, "safedeploy_guard_run": "/usr/bin/python3"}
    host.put(f"/etc/systemd/system/{UNIT}", jinja2.Template(template).render(values))
    assert not host.agent("observe")["boot_guard"]["installed"]
    assert host.run("systemctl", "enable", UNIT).returncode == 0
    assert host.agent("observe")["boot_guard"]["installed"]
    activate(host, 60)
    assert pushed.trees()["web1"] != before
    host.power_off()
    host.start()
    assert host.show(UNIT, "Result") == "success"
    assert host.show(UNIT, "ExecMainStatus") == "0"
    guard_ended = int(host.show(UNIT, "ExecMainExitTimestampMonotonic"))
    httpd_began = int(host.show("apache2.service", "InactiveExitTimestampMonotonic"))
    assert 0 < guard_ended <= httpd_began
    assert pushed.trees()["web1"] == before
    state = host.agent("observe")["state"]
    assert state["pending"] is None
    assert "restarted before it was confirmed" in state["last_revert"]["cause"]
    wait_for(lambda: host.show("apache2.service", "ActiveState") == "active", 10)
    pushed.wait_until_served("web1")
