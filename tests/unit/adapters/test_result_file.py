"""Files that a command was asked to leave."""

from __future__ import annotations

import os
import threading

import pytest

from safedeploy.adapters import result_file
from safedeploy.core.errors import SafedeployError


def test_a_file_is_written_for_others_to_read_as_the_umask_lets_them(tmp_path):
    before = os.umask(0o027)
    try:
        result_file.write(tmp_path / "report.xml", b"all of it")
    finally:
        os.umask(before)
    assert (tmp_path / "report.xml").read_bytes() == b"all of it"
    assert (tmp_path / "report.xml").stat().st_mode & 0o777 == 0o640


def test_what_was_there_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text("what a longer report said before")
    opened = path.open()
    result_file.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert opened.read() == "what a longer report said before"
    assert [one.name for one in tmp_path.iterdir()] == ["report.xml"]


def test_a_link_stays_and_what_it_points_to_is_replaced(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "report.xml").symlink_to("kept/report.xml")
    result_file.write(tmp_path / "report.xml", b"new")
    assert (tmp_path / "report.xml").is_symlink()
    assert (tmp_path / "kept/report.xml").read_bytes() == b"new"


def test_a_pipe_is_written_to(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    said = []
    reader = threading.Thread(target=lambda: said.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    result_file.write(tmp_path / "pipe", b"through it")
    reader.join(5)
    assert said == [b"through it"]


@pytest.mark.parametrize("place", ["missing/report.xml", "."])
def test_a_place_that_cannot_be_written_is_an_error_that_says_so(tmp_path, place):
    with pytest.raises(SafedeployError) as raised:
        result_file.write(tmp_path / place, b"lost")
    assert raised.value.code == "file-not-written"
    assert list(tmp_path.iterdir()) == []
