"""The candidate in context: httpd sees it at its real paths, and nobody else sees anything of it, then or later."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host import context, control, dumps, namespaces

from tests.apache_fixture import Apache, file_entry

pytestmark = pytest.mark.apache

MODULE_UTILS = Path(__file__).parents[3] / "playbooks/module_utils"


class Candidate:
    """Entries and their content."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, bytes] = {}

    def file(self, path: Path, text: str) -> Candidate:
        entry = file_entry(text.encode())
        self.objects[entry["sha256"]] = text.encode()
        self.entries[str(path)] = entry
        return self

    def link(self, path: Path, target: str) -> Candidate:
        self.entries[str(path)] = {"kind": "link", "target": target}
        return self

    def absent(self, path: Path) -> Candidate:
        self.entries[str(path)] = {"kind": "absent"}
        return self

    def configtest(self, apache: Apache) -> dict[str, Any]:
        return context.configtest(apache.site, self.entries, self.objects.__getitem__)

    def look(self, apache: Apache, work: Callable[[dict[str, Any]], Any]) -> Any:
        return context.look(apache.site, self.entries, self.objects.__getitem__, work).value


def mounts(apache: Apache) -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line for line in lines if str(apache.root) in line or " /run/apache2" in line]


@pytest.fixture(autouse=True)
def nothing_is_left_and_nothing_has_changed(apache: Apache, monkeypatch: pytest.MonkeyPatch) -> Any:
    apache.add_site("old.example.test")
    temporary = apache.root / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    tree, mounted = apache.snapshot(), mounts(apache)
    yield
    assert apache.snapshot() == tree
    assert mounts(apache) == mounted
    assert list(temporary.iterdir()) == []
    assert apache.processes() == []


@pytest.fixture(params=["overlay", "mirror"])
def method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each way to show a candidate in a namespace; the second is for kernels and filesystems without overlays."""
    if request.param == "mirror":
        mount = namespaces.mount

        def mount_without_overlay(source: str, target: str, kind: str | None = None, **rest: Any) -> None:
            if kind == "overlay":
                raise OSError(19, "no such device")
            mount(source, target, kind, **rest)

        monkeypatch.setattr(namespaces, "mount", mount_without_overlay)
    return request.param


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PermissionError(1, "unshare: Operation not permitted")

    monkeypatch.setattr(namespaces, "enter_private_mounts", refuse)


def test_the_live_tree_itself_passes(apache: Apache) -> None:
    result = Candidate().configtest(apache)

    assert result == {"ok": True, "method": "namespace", "output": "Syntax OK", "warnings": []}


def test_a_syntax_error_is_found_and_named_by_its_real_path(apache: Apache, method: str) -> None:
    path = apache.etc / "conf-enabled/broken.conf"

    result = Candidate().file(path, "ServerTokens Prod\nNonsense\n").configtest(apache)

    assert (result["ok"], result["method"]) == (False, "namespace")
    assert f"line 2 of {path}" in result["output"]


def test_everything_that_changes_is_seen_and_everything_else_is_as_it_was(apache: Apache, method: str) -> None:
    outside = apache.root / "www/new/deep/index.html"
    candidate = (
        Candidate()
        .file(apache.etc / "ports.conf", "Listen 127.0.0.1:1\n")
        .file(
            apache.etc / "sites-available/new.conf", "<VirtualHost *:1>\nServerName new.example.test\n</VirtualHost>\n"
        )
        .file(apache.etc / "new.d/deep/x.conf", "Define SEEN\n")
        .file(outside, "new\n")
        .link(apache.etc / "sites-enabled/new.conf", "../sites-available/new.conf")
        .link(apache.etc / "sites-enabled/www.example.test.conf", "../sites-available/new.conf")
        .absent(apache.etc / "sites-enabled/old.example.test.conf")
        .absent(apache.etc / "sites-available/never-there.conf")
    )

    def look(site: dict[str, Any]) -> dict[str, Any]:
        enabled = apache.etc / "sites-enabled"
        return {
            "ports": (apache.etc / "ports.conf").read_text(),
            "enabled": {path.name: path.read_text() for path in enabled.iterdir()},
            "www": os.readlink(enabled / "www.example.test.conf"),  # noqa: PTH115 - Path.readlink came with Python 3.9
            "deep": (apache.etc / "new.d/deep/x.conf").read_text(),
            "outside": outside.read_text(),
            "mode": f"{outside.stat().st_mode & 0o777:o}",
            "unchanged": (apache.etc / "apache2.conf").read_bytes() == main,
            "module": (apache.etc / "mods-enabled/mime.load").read_text(),
            "names": sorted(path.name for path in apache.etc.iterdir()),
            "site": (apache.root / "www/old.example.test/index.html").read_text(),
        }

    main = (apache.etc / "apache2.conf").read_bytes()
    names = sorted([*(path.name for path in apache.etc.iterdir()), "new.d"])
    seen = candidate.look(apache, look)

    text = "<VirtualHost *:1>\nServerName new.example.test\n</VirtualHost>\n"
    assert seen == {
        "ports": "Listen 127.0.0.1:1\n",
        "enabled": {"new.conf": text, "www.example.test.conf": text},
        "www": "../sites-available/new.conf",
        "deep": "Define SEEN\n",
        "outside": "new\n",
        "mode": "644",
        "unchanged": True,
        "module": (apache.etc / "mods-available/mime.load").read_text(),
        "names": names,
        "site": "hello from old.example.test\n",
    }
    assert not outside.parent.parent.exists()


def test_httpd_itself_obeys_the_candidate(apache: Apache, method: str) -> None:
    def names(site: dict[str, Any]) -> list[str]:
        output = control.control(site, "-t", "-D", "DUMP_VHOSTS").output
        return [host.name for host in dumps.virtual_hosts(output)]

    candidate = Candidate().absent(apache.etc / "sites-enabled/old.example.test.conf")

    assert names(apache.site) == ["old.example.test", "www.example.test"]
    assert candidate.look(apache, names) == ["www.example.test"]


def test_a_directory_can_take_the_place_of_a_file(apache: Apache, method: str) -> None:
    apache.write("place", "a file\n")
    candidate = Candidate().absent(apache.etc / "place").file(apache.etc / "place/inner.conf", "x\n")
    try:
        assert candidate.look(apache, lambda _site: (apache.etc / "place/inner.conf").read_text()) == "x\n"
    finally:
        (apache.etc / "place").unlink()


def test_an_undefined_variable_is_an_error(apache: Apache) -> None:
    result = Candidate().file(apache.etc / "conf-enabled/x.conf", "Redirect /x http://${NOWHERE}/\n").configtest(apache)

    assert not result["ok"]
    assert any("AH00111" in line and "NOWHERE" in line for line in result["warnings"])


def test_a_warning_is_told_and_no_error(apache: Apache) -> None:
    result = (
        Candidate()
        .file(apache.etc / "conf-enabled/x.conf", "Alias /a/b /x\nAlias /a /y\nAlias /a/b /z\n")
        .configtest(apache)
    )

    assert result["ok"]
    assert any("AH00671" in line for line in result["warnings"]), result


def test_missing_content_is_the_callers_error(apache: Apache) -> None:
    candidate = Candidate().file(apache.etc / "conf-enabled/x.conf", "\n")
    candidate.objects.clear()

    with pytest.raises(KeyError):
        candidate.configtest(apache)


def test_content_that_is_live_already_is_not_asked_for(apache: Apache) -> None:
    candidate = Candidate().file(apache.etc / "ports.conf", (apache.etc / "ports.conf").read_text())
    candidate.objects.clear()

    assert candidate.configtest(apache)["ok"]


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
