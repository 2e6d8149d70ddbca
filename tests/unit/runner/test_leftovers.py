"""What a killed process left behind goes; what belongs to a living one, or to nobody we know, stays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from safedeploy.adapters.runner.leftovers import left, make


def test_a_directory_is_private_and_stays_while_its_process_lives(tmp_path):
    directory = make("sd-", tmp_path)
    assert directory.stat().st_mode & 0o777 == 0o700
    assert list(left("sd-", tmp_path)) == []


def test_an_interruption_in_the_middle_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make("sd-", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_of_a_dead_process_is_found(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    directory = tmp_path / f"sd-{dead.pid}-abc"
    directory.mkdir()
    assert list(left("sd-", tmp_path)) == [directory]


def test_files_links_and_other_names_are_left_alone(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f"sd-{dead.pid}-file").touch()
    (tmp_path / f"sd-{dead.pid}-link").symlink_to(tmp_path.parent)
    (tmp_path / "sd-1x-abc").mkdir()
    (tmp_path / "sd-abc").mkdir()
    assert list(left("sd-", tmp_path)) == []


def test_a_process_that_has_no_such_id_here_keeps_its_directory(tmp_path):
    """As a process of another container does, which shares the parent directory."""
    held = (
        "import sys, pathlib, time; from safedeploy.adapters.runner.leftovers import make\n"
        f"print(make('sd-', pathlib.Path({str(tmp_path)!r})), flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", held], stdout=subprocess.PIPE, text=True)
    try:
        path = Path(owner.stdout.readline().strip())
        elsewhere = path.rename(path.with_name(path.name.replace(str(owner.pid), "4194305")))
        assert list(left("sd-", tmp_path)) == []
    finally:
        owner.kill()
        owner.wait()
    assert list(left("sd-", tmp_path)) == [elsewhere]
