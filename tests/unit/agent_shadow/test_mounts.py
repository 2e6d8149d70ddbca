"""Which of the host's mounts a shadow shows."""

from __future__ import annotations

import os
from pathlib import Path

from safedeploy_host.shadow import mounts


def test_the_root_comes_first_and_what_the_kernel_makes_is_left_out() -> None:
    shown = mounts.to_show()
    try:
        paths = [mount.path for mount in shown]

        assert paths[0] == "/"
        assert not [path for path in paths if path.startswith(("/proc", "/sys"))]
        assert [path for path in paths if path.startswith("/dev")] in ([], ["/dev/shm"])
        assert Path(shown[0].source).samefile("/")
    finally:
        for mount in shown:
            os.close(mount.descriptor)


def test_flags_that_change_what_a_program_may_do_are_kept() -> None:
    descriptor = os.open("/", os.O_PATH)
    try:
        mount = mounts.Mount("/", ["ro", "nosuid", "noexec", "relatime"], descriptor)

        assert mount.read_only
        assert mount.flags == 2 | 8
        assert mount.directory
    finally:
        os.close(descriptor)
