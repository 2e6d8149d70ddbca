"""Who runs this, when, and under which run id: the one place that asks the clock, the user database and randomness."""

from __future__ import annotations

import getpass
import os
import secrets
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime

from safedeploy.core import ci_job


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One run: `run` sorts by time and names the run everywhere; `actor` is person@machine.

    `job_url` is the page of the CI job that it is a part of, if it is. `key` is its secret: with it the run can give a
    lease back even if a host's answer never came.
    """

    run: str
    actor: str
    started: datetime
    job_url: str | None = None
    key: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)


def new_run() -> Identity:
    """A new identity for a run that starts now."""
    started = datetime.now(UTC)
    run = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    actor = f"{_person()}@{socket.gethostname()}"
    return Identity(run=run, actor=actor, started=started, job_url=ci_job.job_url(os.environ))


def _person() -> str:
    if value := ci_job.person(os.environ) or os.environ.get("SUDO_USER"):
        return value
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid{os.getuid()}"
