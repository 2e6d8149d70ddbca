"""Children that die with their parent, and answer in time or not at all."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from safedeploy_host.shadow import child


def test_a_value_comes_home() -> None:
    assert child.call(lambda: {"pid": os.getpid() != 0}, 5) == {"pid": True}


def test_an_error_comes_home_as_one() -> None:
    with pytest.raises(OSError, match="ZeroDivisionError"):
        child.call(lambda: 1 / 0, 5)


def test_a_child_that_takes_too_long_is_ended() -> None:
    begun = time.monotonic()

    with pytest.raises(OSError, match=r"within 0\.2 s"):
        child.call(lambda: time.sleep(60), 0.2)

    assert time.monotonic() - begun < 5


def test_a_child_that_ignores_a_signal_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "PATIENCE", 0.2)

    def stubborn() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)

    one = child.Child(stubborn)
    time.sleep(0.1)
    one.end(signal.SIGTERM)

    with pytest.raises(ProcessLookupError):
        os.kill(one.pid, 0)


def test_a_child_dies_with_the_parent_that_is_killed() -> None:
    reader, writer = os.pipe()

    def parent() -> None:
        grandchild = child.Child(lambda: time.sleep(60))
        os.write(writer, f"{grandchild.pid}\n".encode())
        time.sleep(60)

    one = child.Child(parent)
    grandchild = int(os.read(reader, 64))
    one.end()
    os.close(reader)
    os.close(writer)
    deadline = time.monotonic() + 5
    while _runs(grandchild) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert not _runs(grandchild)


def test_large_documents_come_whole() -> None:
    assert len(child.call(lambda: "x" * 3_000_000, 20)) == 3_000_000


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
