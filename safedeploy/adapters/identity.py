"""Who runs this, when, and under which run id: the one place that asks the clock, the user database and randomness."""

from __future__ import annotations

import getpass
import os
import secrets
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime

_CI_ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID", "SUDO_USER")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One run: `run` sorts by time and names the run everywhere; `actor` is person@machine.

    `key` is its secret: with it the run can give a lease back even if a host's answer never came.
    """

    run: str
    actor: str
    started: datetime
    key: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


def new_run() -> Identity:
    """A new identity for a run that starts now."""
    started = datetime.now(UTC)
    run = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    return Identity(run=run, actor=f"{_person()}@{socket.gethostname()}", started=started)


def _person() -> str:
    for name in _CI_ACTORS:
        if value := os.environ.get(name):
            return value
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid{os.getuid()}"
