"""Each host leaves its load balancer before it changes, and comes back once it is well, however the push ends."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.balancer import PROGRAM, Balancer

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/haproxy/tasks"
IN_SERVICE = {"web1": "UP", "web2": "UP", "web3": "UP"}
# After the host was drained: time for the test to do something.
WAIT = "\n- name: Wait\n  ansible.builtin.pause:\n    seconds: 30\n"

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="HAProxy is not installed; scripts/setup --dev installs it")


@pytest.fixture
def balancer(pushed, tmp_path):
    with Balancer(pushed, tmp_path) as balancer:
        yield balancer


@pytest.fixture
def balanced(project, balancer):
    """The project with HAProxy's example in it."""
    shutil.copytree(EXAMPLE, project.root / "tasks")
    project.rollout(drain="tasks/drain.yml", undrain="tasks/undrain.yml", undrain_timeout="10s")
    project.variables(haproxy_hosts=["localhost"], haproxy_socket=str(balancer.socket), haproxy_backends=["web"])
    project.second_release()
    return project


def changed_at(fleet, host: str) -> float:
    """When the last file of the host's configuration was replaced."""
    root = fleet.host(host).layout.server_root
    return float(fleet.shell(host, f"find {root} -type f -printf '%C@\\n' | sort -n | tail -n 1"))


def test_every_host_is_out_of_service_while_it_changes_and_no_request_is_lost(pushed, balanced, balancer):
    done = balanced.push("--limit", "web1,web2")
    assert done.code == ExitCode.OK, done.text
    for host in ("web1", "web2"):
        for states in balancer.around(changed_at(pushed, host)):
            assert states == {**IN_SERVICE, host: "DRAIN"}
    assert balancer.ever_drained() == {"web1", "web2"}
    assert balancer.states() == IN_SERVICE
    assert balancer.failures == []
    assert balancer.answered > 100


def test_a_host_that_goes_back_to_what_it_had_comes_back_into_service(pushed, balanced, balancer):
    balanced.breaks_the_site()
    done = balanced.push()
    assert done.code == ExitCode.REVERTED, done.text
    assert done.ends() == {"web1": "reverted", "web2": "untouched", "web3": "untouched"}
    assert balancer.ever_drained() == {"web1"}
    assert balancer.states() == IN_SERVICE
    assert balancer.failures == []
    assert balanced.status()["web1"]["drained"] is None


def test_a_host_that_cannot_be_drained_is_not_touched(pushed, balanced, balancer):
    before = pushed.trees()
    balanced.of_host("web1", haproxy_backends=["nowhere"])
    done = balanced.push("--limit", "web1")
    assert done.code == ExitCode.STRANDED, done.text
    assert done.ends() == {"web1": "untouched"}
    assert "has no server nowhere/web1" in done.out
    assert "safedeploy undrain lab --limit web1" in done.out
    assert pushed.trees() == before


def test_an_interruption_puts_the_host_back_into_service(pushed, balanced, balancer):
    balanced.append("tasks/drain.yml", WAIT)
    with balanced.start("push", "lab", "--yes", "--no-diff", "--limit", "web1") as run:
        wait_until_drained(balancer, "web1", run)
        os.killpg(run.process.pid, signal.SIGINT)
        done = run.done()
    assert done.code == ExitCode.INTERRUPTED, done.text
    assert balancer.states() == IN_SERVICE


def test_what_a_killed_run_left_out_of_service_is_told_and_put_back(pushed, balanced, balancer):
    balanced.append("tasks/drain.yml", WAIT)
    balanced.rollout(lease_ttl="1s")
    with balanced.start("push", "lab", "--yes", "--no-diff", "--limit", "web1") as run:
        wait_until_drained(balancer, "web1", run)
        run.process.kill()
        run.process.wait()
    assert balancer.states() == {**IN_SERVICE, "web1": "DRAIN"}
    status = balanced.run("status", "lab")
    assert "web1: out of service (drained) since" in status.out
    done = balanced.run("undrain", "lab", "--yes")
    assert done.code == ExitCode.OK, done.text
    assert "web1: in service again" in done.out
    assert balancer.states() == IN_SERVICE
    web1 = balanced.status()["web1"]
    assert (web1["drained"], web1["lease"]) == (None, None)


def wait_until_drained(balancer, host, run):
    deadline = time.monotonic() + 60
    while balancer.states().get(host) != "DRAIN":
        assert time.monotonic() < deadline, run.text
        time.sleep(0.05)
