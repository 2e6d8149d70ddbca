"""What was written to a log since a position: across rotations and truncations, within bounds, and said when not."""

from __future__ import annotations

import os

import pytest
from safedeploy_host.traffic import positions

MOST = 10_000


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "access.log"
    path.write_text("old 1\nold 2\n")
    return path


def since(log, mark, most=MOST):
    notes = []
    return list(positions.lines(str(log), mark, most, notes)), notes


def append(log, text):
    with log.open("a") as stream:
        stream.write(text)


def test_only_what_came_after_the_mark_is_read(log):
    mark = positions.mark(str(log))
    append(log, "new 1\nnew 2\n")
    assert since(log, mark) == (["new 1", "new 2"], [])


def test_a_line_that_is_being_written_is_left_for_later(log):
    mark = positions.mark(str(log))
    append(log, "new 1\nnew")
    assert since(log, mark)[0] == ["new 1"]


def test_a_rotation_in_between_loses_no_line(log):
    mark = positions.mark(str(log))
    append(log, "new 1\n")
    log.rename(log.with_name("access.log.1"))
    log.write_text("new 2\n")
    assert since(log, mark) == (["new 1", "new 2"], [])


def test_a_rotated_log_is_found_by_any_name_beside(log):
    mark = positions.mark(str(log))
    append(log, "new 1\n")
    log.rename(log.with_name("access.log-old"))
    log.write_text("new 2\n")
    assert since(log, mark)[0] == ["new 1", "new 2"]


def test_a_rotated_log_that_is_gone_is_said(log):
    mark = positions.mark(str(log))
    held = log.with_name("held")
    log.rename(held)  # so that the new file cannot get its inode
    log.write_text("new 2\n")
    held.rename(log.parent.parent / "elsewhere")
    lines, notes = since(log, mark)
    assert lines == ["new 2"]
    assert "was rotated meanwhile, and the old file cannot be found" in notes[0]


def test_a_truncation_is_said_and_what_came_after_it_is_read(log):
    mark = positions.mark(str(log))
    log.write_text("n\n")
    lines, notes = since(log, mark)
    assert lines == ["n"]
    assert "was truncated" in notes[0]


def test_a_log_that_did_not_exist_is_read_from_its_beginning(tmp_path):
    log = tmp_path / "new.log"
    mark = positions.mark(str(log))
    log.write_text("new 1\n")
    assert since(log, mark) == (["new 1"], [])


def test_a_log_of_which_no_position_is_known_is_not_read(log):
    lines, notes = since(log, None)
    assert lines == []
    assert "nothing was known of before" in notes[0]


def test_of_a_huge_log_only_the_end_is_read_and_that_is_said(tmp_path):
    log = tmp_path / "access.log"
    log.touch()
    mark = positions.mark(str(log))
    with log.open("r+b") as stream:
        stream.truncate(3 << 30)  # a hole of 3 GiB, then lines
        stream.seek(0, os.SEEK_END)
        stream.write(b"\nnew 1\nnew 2\n")
    lines, notes = since(log, mark, most=64)
    assert lines[-2:] == ["new 1", "new 2"]
    assert len(lines) == 2
    assert "only the last 64 of" in notes[0]


def test_the_budget_reaches_back_into_the_rotated_log(log):
    mark = positions.mark(str(log))
    append(log, "new 1\nnew 2\n")
    log.rename(log.with_name("access.log.1"))
    log.write_text("new 3\n")
    assert since(log, mark, most=14)[0] == ["new 2", "new 3"]


def test_a_fifo_is_no_log(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    assert positions.mark(str(path))["inode"] is None
    lines, notes = since(path, positions.mark(str(path)))
    assert lines == []
    assert "cannot be read" in notes[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_log_without_permission_is_said(log):
    mark = positions.mark(str(log))
    log.chmod(0)
    assert "cannot be read" in since(log, mark)[1][0]


def test_bytes_that_are_no_text_are_lines_all_the_same(log):
    mark = positions.mark(str(log))
    with log.open("ab") as stream:
        stream.write(b"\xff\x00\xfe\n")
    assert len(since(log, mark)[0]) == 1
