"""Who can have shadows, and what is said to who cannot."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host.shadow import capabilities, child, pair

from tests.apache_fixture import Apache

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]

USER = "daemon"
TESTS = Path(__file__).parents[2]
MODULE_UTILS = TESTS.parent / "playbooks/module_utils"

OWN_SERVER = """
import http.client, json, shutil, sys, tempfile
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from private_apache import Apache, file_entry
from safedeploy_host.shadow import pair

apache = Apache(Path(tempfile.mkdtemp(dir=sys.argv[3])))
text = b'Redirect gone "/old"\\n'

def work(shadow):
    connection = http.client.HTTPConnection("127.0.0.1", apache.port, timeout=5)
    connection.request("GET", "/old")
    return connection.getresponse().status

entries = {str(apache.etc / "conf-enabled/gone.conf"): file_entry(text)}
tree = apache.snapshot()
booted = pair.run(apache.site, entries, lambda _: text, {"seconds": 20}, work)
low = b"Listen 127.0.0.1:80\\n"
entries = {str(apache.etc / "conf-enabled/low.conf"): file_entry(low)}
refused = pair.boot(apache.site, entries, lambda _: low, {"seconds": 20}, work)
assert apache.snapshot() == tree
assert apache.processes() == []
print(json.dumps([booted, refused]))
"""


ANOTHERS_SERVER = """
import json, sys
sys.path.insert(0, sys.argv[2])
from safedeploy_host.shadow import pair

try:
    pair.run(json.loads(sys.argv[3]), {}, None, {"seconds": 20}, lambda _: None)
except pair.NoNamespaces as error:
    print(json.dumps(str(error)))
"""


def why_not(act: Any) -> str:
    try:
        act()
    except pair.NoNamespaces as error:
        return str(error)
    return "booted"


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory with the agent's package that every user can read, and one in it that is the user's own."""
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    path = Path(tempfile.mkdtemp(prefix="shadow-user-", dir="/var/tmp"))
    try:
        shutil.copytree(MODULE_UTILS / "safedeploy_host", path / "agent/safedeploy_host")
        shutil.copy(TESTS / "private_apache.py", path)
        (path / "own").mkdir()
        shutil.chown(path / "own", USER, USER)
        for part in (path, *path.rglob("*")):
            part.chmod(part.stat().st_mode | (0o755 if part.is_dir() else 0o644))
        yield path
    finally:
        shutil.rmtree(path)


def as_user(place: Path, program: str, *words: str) -> Any:
    """What a program prints as JSON when USER runs it; a skip where users get no namespaces."""
    python = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
    done = subprocess.run(
        [python, "-c", program, str(place), str(place / "agent"), *words],
        capture_output=True,
        text=True,
        check=False,
        user=USER,
        group=USER,
        extra_groups=[],
        cwd="/",
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TMPDIR": str(place / "own")},
    )
    if "may not make user namespaces" in done.stderr:
        pytest.skip("this machine gives users no namespaces")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_user_who_runs_his_own_httpd_has_shadows_of_it(place: Path) -> None:
    booted, refused = as_user(place, OWN_SERVER, str(place / "own"))

    assert (booted["live"]["value"], booted["candidate"]["value"]) == (404, 410)
    # As on the host: a user without privilege takes no port below 1024.
    assert not refused["up"]
    assert "Permission denied" in refused["why"]


def test_root_without_the_capability_is_told_what_it_lacks(apache: Apache, shadows: Any) -> None:
    def without() -> str:
        capabilities.drop()
        return why_not(lambda: shadows.pair({}))

    assert "root without CAP_SYS_ADMIN" in child.call(without, 30)


def test_a_user_is_told_that_the_server_of_another_takes_root(apache: Apache, shadows: Any, place: Path) -> None:
    apache.start()
    why = as_user(place, ANOTHERS_SERVER, json.dumps(apache.site))
    apache.kill()

    assert "belongs to another user" in why
