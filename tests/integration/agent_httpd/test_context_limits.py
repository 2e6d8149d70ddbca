"""The candidate in context where things go wrong: no namespaces, a program that hangs, an agent that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from safedeploy_host import context, namespaces

from tests.apache_fixture import Apache
from tests.integration.agent_httpd.candidate import Candidate

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]

MODULE_UTILS = Path(__file__).parents[3] / "playbooks/module_utils"


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PermissionError(1, "unshare: Operation not permitted")

    monkeypatch.setattr(namespaces, "enter_private_mounts", refuse)


def test_a_configtest_that_hangs_is_stopped_with_all_that_it_started(
    apache: Apache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safedeploy_host.control.TIMEOUT", 0.5)
    site = apache.site
    site["httpd"]["control"] = ["sh", "-c", f"sleep 30 & exec -a {apache.etc} sleep 30"]
    site["httpd"]["control"][0] = "bash"

    began = time.monotonic()
    result = context.configtest(site, {}, {}.__getitem__)

    assert not result["ok"]
    assert "was stopped after" in result["output"]
    assert time.monotonic() - began < 5


KILLED = """
import json, sys
sys.path.insert(0, sys.argv[1])
from safedeploy_host import context
if sys.argv[3] == "copy":
    from safedeploy_host import namespaces
    def refuse():
        raise PermissionError
    namespaces.enter_private_mounts = refuse
print("ready", flush=True)
context.configtest(json.loads(sys.argv[2]), {}, None)
"""


@pytest.mark.parametrize("how", ["namespace", "copy"])
def test_nothing_is_left_when_the_agent_is_killed(apache: Apache, how: str) -> None:
    site = apache.site
    site["httpd"]["control"] = ["bash", "-c", f"exec -a {apache.etc} sleep 30"]
    command = [sys.executable, "-c", KILLED, str(MODULE_UTILS), json.dumps(site), how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as agent:
        assert agent.stdout is not None
        assert agent.stdout.readline() == "ready\n"
        wait_for(lambda: len(apache.processes()) > 1)

        os.kill(agent.pid, signal.SIGKILL)

    wait_for(lambda: apache.processes() == [] and not any((apache.root / "tmp").iterdir()))


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.02)


def test_without_namespaces_a_copy_is_tested_and_its_limits_are_told(apache: Apache, no_namespaces: None) -> None:
    path = apache.etc / "sites-available/new.conf"
    outside = apache.root / "www/index.html"
    # Absolute references to the server root's own files must lead into the copy.
    text = f"Include {apache.etc}/extra/*.conf\nServerTokens Prod\n"
    candidate = (
        Candidate()
        .file(path, text)
        .link(apache.etc / "sites-enabled/new.conf", str(path))
        .file(apache.etc / "extra/x.conf", "Nonsense\n")
        .file(outside, "x\n")
    )

    refused = candidate.configtest(apache)
    passed = candidate.file(apache.etc / "extra/x.conf", "ServerSignature Off\n").configtest(apache)

    assert (refused["ok"], refused["method"]) == (False, "copy")
    assert f"line 1 of {apache.etc}/extra/x.conf" in refused["output"]
    assert (passed["ok"], passed["method"]) == (True, "copy")
    assert any("Operation not permitted" in line for line in passed["warnings"])
    assert any(str(outside) in line for line in passed["warnings"])


def test_a_mount_inside_the_server_root_stays_in_sight(apache: Apache) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    script = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from safedeploy_host import context, control, dumps, namespaces
namespaces.unshare(namespaces.NEWNS)
namespaces.mount("none", "/", flags=namespaces.RECURSIVE | namespaces.PRIVATE)
site = json.loads(sys.argv[2])
keys = Path(site["server_root"]) / "keys"
keys.mkdir()
namespaces.mount("tmpfs", str(keys), "tmpfs")
(keys / "a.key").write_text("secret")
entries = {
    str(keys / "b.key"): {"kind": "link", "target": "a.key"},
    str(keys.parent / "x.conf"): {"kind": "link", "target": "y"},
}
work = lambda _: [(keys / "b.key").read_text(), os.readlink(keys.parent / "x.conf")]
seen = context.look(site, entries, None, work)
print(json.dumps([seen.method, seen.value, sorted(path.name for path in keys.iterdir())]))
"""
    command = [sys.executable, "-c", script, str(MODULE_UTILS), json.dumps(apache.site)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) == ["namespace", ["secret", "y"], ["a.key"]]
    finally:
        (apache.etc / "keys").rmdir()


def test_what_takes_for_ever_to_look_at_is_refused(apache: Apache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "LIMIT", 0.5)
    site = apache.site
    site["httpd"]["control"] = ["bash", "-c", f"exec -a {apache.etc} sleep 30"]

    result = context.configtest(site, {}, {}.__getitem__)

    assert not result["ok"]
    assert "took longer than 0.5 s" in result["output"]


def test_a_new_directory_in_the_root_is_not_shown_and_that_is_told(apache: Apache) -> None:
    path = Path("/safedeploy-test-of-a-new-directory/index.html")

    result = Candidate().file(path, "x\n").configtest(apache)

    assert (result["ok"], result["method"]) == (True, "copy")
    assert any(f"{path} would need a new directory in /" in line for line in result["warnings"])
    assert not path.parent.exists()
