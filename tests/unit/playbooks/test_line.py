"""The shell line of the plugins: the same text as the core's, and a staging that leaves nothing half done."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from safedeploy_control import line

from safedeploy.core import remote_line

MARK = "safedeploy:0123"


def program() -> tuple[bytes, str]:
    """A program that repeats its request."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        out.writestr("__main__.py", "import sys; print(sys.argv[1:], sys.stdin.read())")
    return buffer.getvalue(), hashlib.sha256(buffer.getvalue()).hexdigest()


def shell(text: str, given: bytes) -> str:
    done = subprocess.run(["/bin/sh", "-c", text], input=given, capture_output=True, check=True)
    marker, _, said = done.stdout.decode().partition("\n")
    assert marker == MARK
    return said.strip()


def stage(path: Path, content: bytes, digest: str, request: bytes = b"{}") -> str:
    words = {"marker": MARK, "agent": str(path), "command": "observe", "python": None}
    return shell(line.stage_line(**words), f"{len(content)} {digest}\n".encode() + content + request)


@pytest.mark.parametrize("python", [None, "/opt/it's here/python"])
def test_the_plugins_and_the_core_send_the_same_line(python):
    words = {"marker": "m", "agent": "/var/lib/it's/agent/x.pyz", "command": "observe", "python": python}
    assert line.stored_line(**words) == remote_line.stored_line(**words)
    assert line.agent_path("/a/", "00") == remote_line.agent_path("/a/", "00")
    assert (line.NO_AGENT, line.NO_PYTHON) == (remote_line.NO_AGENT, remote_line.NO_PYTHON)


def test_a_host_without_the_program_says_so(tmp_path):
    words = {"marker": MARK, "agent": str(tmp_path / "none.pyz"), "command": "observe", "python": None}
    assert shell(line.stored_line(**words), b"x" * 1_000_000) == "no-agent"


def test_a_program_is_staged_under_its_digest_privately_and_run(tmp_path):
    content, digest = program()
    path = tmp_path / "state" / "agent" / f"{digest}.pyz"
    assert stage(path, content, digest, b"the request") == "['observe'] the request"
    assert path.read_bytes() == content
    modes = [stat.S_IMODE(place.stat().st_mode) for place in (path.parent.parent, path.parent, path)]
    assert modes == [0o700, 0o700, 0o600]
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_a_staged_program_is_found_the_next_time(tmp_path):
    content, digest = program()
    path = tmp_path / "agent" / f"{digest}.pyz"
    tmp_path.chmod(0o700)
    stage(path, content, digest)
    words = {"marker": MARK, "agent": str(path), "command": "status", "python": None}
    assert shell(line.stored_line(**words), b"again") == "['status'] again"


def test_a_damaged_program_is_neither_kept_nor_run(tmp_path):
    content, digest = program()
    path = tmp_path / "agent" / f"{digest}.pyz"
    answer = json.loads(stage(path, content[:-1] + b"!", digest))
    assert answer["error"]["code"] == "bad-request"
    assert not path.parent.exists()


def test_a_cut_transfer_is_not_kept(tmp_path):
    content, digest = program()
    path = tmp_path / "agent" / f"{digest}.pyz"
    words = {"marker": MARK, "agent": str(path), "command": "observe", "python": None}
    said = shell(line.stage_line(**words), line.stage_input(content, digest)[:-5])
    assert json.loads(said)["error"]["code"] == "bad-request"
    assert not path.parent.exists()


def test_a_state_directory_that_others_can_write_to_is_refused(tmp_path):
    content, digest = program()
    tmp_path.chmod(0o777)
    answer = json.loads(stage(tmp_path / "agent" / f"{digest}.pyz", content, digest))
    assert answer["error"]["code"] == "no-permission"
    assert str(tmp_path) in answer["error"]["message"]


def test_a_state_directory_that_is_a_link_is_refused(tmp_path):
    content, digest = program()
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    answer = json.loads(stage(tmp_path / "link" / "agent" / f"{digest}.pyz", content, digest))
    assert answer["error"]["code"] == "no-permission"


@pytest.mark.skipif(not Path("/dev/full").exists() or os.geteuid() != 0, reason="needs root to make a full disk")
def test_a_full_disk_is_no_space_and_leaves_no_half_program(tmp_path):
    content, digest = program()
    content += os.urandom(200_000)
    digest = hashlib.sha256(content).hexdigest()
    words = {"marker": MARK, "agent": f"{tmp_path}/full/agent/{digest}.pyz", "command": "observe", "python": None}
    (tmp_path / "full").mkdir(mode=0o700)
    mount = f"mount -t tmpfs -o size=64k,mode=0700 none {tmp_path}/full"
    script = f"{mount}; ({line.stage_line(**words)}); ls {tmp_path}/full/agent"
    done = subprocess.run(
        ["unshare", "--mount", "/bin/sh", "-c", script],
        input=line.stage_input(content, digest) + b"{}", capture_output=True, check=False,
    )  # fmt: skip
    _, answer, *left = done.stdout.splitlines()
    assert json.loads(answer)["error"]["code"] == "no-space", done
    assert left == []
