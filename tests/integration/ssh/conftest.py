"""A private sshd for each module, a tiny on-host program, and a way to ask one host."""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sshd import Sshd

from safedeploy.adapters.ssh import Fleet, Reply
from safedeploy.core.host import Host
from safedeploy.core.policy import Ssh

# Answers with who it runs as, and does what the request says beside; unlike the real program, it can misbehave.
PROGRAM = """
import json, os, sys, time
request = json.load(sys.stdin)
if request.get("noise"):
    sys.stdout.write(request["noise"])
    sys.stdout.flush()
time.sleep(request.get("sleep", 0))
if request.get("flood"):
    while True:
        os.write(request["flood"], b"x" * 65536)
if request.get("raw") is not None:
    print(request["raw"])
else:
    answer = {"uid": os.getuid(), "command": sys.argv[1], "program": sys.argv[0], "size": len(request.get("pad", "")),
              "files": sorted(os.listdir(request["look"])) if request.get("look") else []}
    print(json.dumps({"safedeploy": 1, "ok": True, "result": answer}))
"""

Ask = Callable[..., Reply]


@pytest.fixture(scope="session")
def agent(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    path = tmp_path_factory.mktemp("agent") / "agent.pyz"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("__main__.py", PROGRAM)
    return SimpleNamespace(path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture(scope="module")
def open_directory() -> Iterator[Path]:
    """A directory that other users can enter; pytest makes its own private again whenever another run starts."""
    with tempfile.TemporaryDirectory(prefix="safedeploy-sshd-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def sshd(open_directory: Path) -> Iterator[Sshd]:
    with Sshd(open_directory / "sshd") as server:
        yield server


@pytest.fixture(autouse=True)
def _known(request: pytest.FixtureRequest) -> None:
    """Every test begins with the host's right key in known_hosts."""
    if "sshd" in request.fixturenames:
        request.getfixturevalue("sshd").know()


@pytest.fixture
def limits() -> Ssh:
    return Ssh(connect_timeout=5, command_timeout=5, max_output=200_000)


@pytest.fixture
def ask(agent: SimpleNamespace, limits: Ssh, tmp_path: Path) -> Ask:
    """`ask(host, **request)`: the reply of one host over a connection of its own."""

    def one(host: Host, *, ssh: Ssh | None = None, **request: object) -> Reply:
        request.setdefault("site", {"state_dir": str(tmp_path / "state")})
        with Fleet([host], ssh or limits, agent) as fleet:
            return fleet.call("observe", {host.name: request})[host.name]

    return one
