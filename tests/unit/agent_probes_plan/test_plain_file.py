"""What a file is held against must not cost more than the answer."""

from __future__ import annotations

import os

import pytest
from safedeploy_host import plain_file


def test_a_file_is_read_whole(tmp_path):
    (tmp_path / "page").write_bytes(b"page")
    assert plain_file.read(str(tmp_path / "page")) == b"page"


def test_a_fifo_keeps_nobody_waiting(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="no regular file"):
        plain_file.read(str(tmp_path / "fifo"))


def test_a_device_is_not_read():
    with pytest.raises(OSError, match="no regular file"):
        plain_file.read("/dev/zero")


def test_an_image_of_gigabytes_is_not_read(tmp_path):
    with (tmp_path / "disc.iso").open("wb") as stream:
        stream.truncate(4 << 30)
    with pytest.raises(OSError, match="at most 16 MiB"):
        plain_file.read(str(tmp_path / "disc.iso"))
