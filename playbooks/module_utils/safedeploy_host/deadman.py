"""The dead-man: a process of its own that reverts an activation which nobody confirms.

It is started, and has said that it is ready, before the first file changes. It belongs to no session and no connection.
Against a confirmation that comes at the last moment there is one decision: whoever holds the lock when state.json still
has the activation pending. The window is measured on the monotonic clock, so that a stepped clock neither cuts nor
stretches it.
"""

from __future__ import annotations

import os
import sys
import time

from .changing import changing
from .protocol import AgentError
from .put_back import put_back
from .store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .services import Services

LOOK = 0.5
READY = 15.0
ARMED = b"armed\n"


def arm(store: Store, agent: str, activation: str) -> int:
    """Start the dead-man of `activation`, which is already pending; return its pid. Raises AgentError(bug)."""
    import select
    import subprocess

    command = [
        sys.executable or "python3",
        "-I",
        "-S",
        agent,
        "dead-man",
        "--state-dir",
        store.directory,
        "--activation",
        activation,
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
        close_fds=True,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
    )
    assert process.stdout is not None  # noqa: S101 -- told apart for the type checker; it is a pipe
    ready, _, _ = select.select([process.stdout], [], [], READY)
    said = process.stdout.readline() if ready else b""
    process.stdout.close()
    if said != ARMED:
        process.kill()
        process.wait()
        raise AgentError(
            "bug",
            "the dead-man did not start, so that nothing would revert this host if the connection were lost",
            next=f"Run it by hand on the host to see why: {' '.join(command)}",
        )
    process.returncode = 0  # it outlives us on purpose: no warning about a child left behind
    return process.pid


def stand_guard(store: Store, services: Services, activation: str) -> str:
    """Wait for the end of the window of `activation`, then revert it if it is still pending. Returns what happened."""
    _say_armed()
    deadline, due_at = 0.0, 0.0
    while True:
        pending = _pending(store, activation)
        if pending is None:
            return "no longer pending"
        if pending["deadline"] != deadline:
            deadline = pending["deadline"]
            due_at = time.monotonic() + max(0.0, deadline - services.now())
        left = due_at - time.monotonic()
        if left > 0:
            time.sleep(min(left, LOOK))
            continue
        if _revert(store, services, activation, deadline):
            return "reverted"


def _pending(store: Store, activation: str) -> Json | None:
    pending: Json | None = store.state.load()["pending"]
    return pending if pending and pending["activation"] == activation else None


def _revert(store: Store, services: Services, activation: str, deadline: float) -> bool:
    """Revert under the lock; False when the window was extended meanwhile. Entering may already have reverted it."""
    with changing(store.site, services, wait=None, by="dead-man") as locked:
        pending = _pending(locked, activation)
        if pending is None:
            return True
        if pending["deadline"] != deadline:
            return False
        put_back(locked, services, pending, cause="it was not confirmed within its window", by="dead-man")
    return True


def _say_armed() -> None:
    """Import all that a revert needs while the archive is surely there, then say so and let go of the pipe."""
    import syslog  # noqa: F401 -- imported for later, when the archive may have been pruned

    from . import health, httpd  # noqa: F401 -- as above

    os.write(1, ARMED)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    if null > 2:
        os.close(null)
