"""What cannot be written for want of room leaves the old file, and takes no room itself."""

from __future__ import annotations

import resource
import signal

import pytest
from safedeploy_host import fsio


@pytest.fixture
def little_room():
    """Files of this process cannot grow beyond 10 bytes, as if the disk were full then."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_record_that_does_not_fit_leaves_the_old_one_alone(tmp_path, little_room):
    path = tmp_path / "state.json"
    fsio.replace_file(str(path), b"old")
    with pytest.raises(OSError, match="File too large"):
        fsio.replace_file(str(path), b"new and too long")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("state.json", b"old")]
