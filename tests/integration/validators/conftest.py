"""The on-host program's package, and this machine as a host that must stay as it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
if MODULE_UTILS not in sys.path:
    sys.path.insert(0, MODULE_UTILS)

from tests.integration.validators.host import Host  # noqa: E402 -- the agent must be on the path first

WATCHED = ("/etc", "/etc/sudoers.d", "/etc/ssh", "/etc/nginx", "/etc/logrotate.d", "/var/log", "/var/log/nginx", "/run")


def seen():
    return {path: sorted(map(str, Path(path).iterdir())) for path in WATCHED if Path(path).is_dir()}


@pytest.fixture
def host(tmp_path):
    """A host whose watched directories and mounts are the same at the end."""
    mounts = Path("/proc/self/mountinfo").read_text()
    before = seen()
    roots = ("/etc/sudoers.d", "/etc/ssh", "/etc/nginx", "/etc/logrotate.d", "/etc/systemd/system", "/etc/cron.d")
    yield Host(tmp_path, *(root for root in roots if Path(root).is_dir()), str(tmp_path))
    assert seen() == before
    assert Path("/proc/self/mountinfo").read_text() == mounts
