"""Stopping an httpd that ends by itself at the worst moment."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from safedeploy_host import process, stopping


def test_an_httpd_that_ends_just_before_it_is_killed_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = iter([False, True])
    monkeypatch.setattr(stopping, "_gone", lambda *_: next(gone))
    monkeypatch.setattr(stopping, "_signal", lambda *_: None)
    child = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(child, 0)
    parent: Any = SimpleNamespace(pid=child)

    assert stopping.stop(parent, {}, "/nowhere/httpd.pid")


def test_a_stale_pid_file_that_cannot_be_removed_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid_file = tmp_path / "httpd.pid"
    pid_file.write_text("1\n")
    monkeypatch.setattr(process, "orphans", lambda _: [])
    monkeypatch.setattr(process, "parents", lambda _: [])

    def refuse(path: str) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(os, "unlink", refuse)

    stopping.clear_leftovers({}, str(pid_file))

    monkeypatch.undo()
    assert pid_file.exists()
