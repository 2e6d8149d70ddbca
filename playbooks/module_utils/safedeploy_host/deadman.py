"""The dead-man: a process of its own that reverts an activation which nobody confirms.

It is started, and has said that it is ready, before the first file changes. It belongs to no session and connection:
where systemd runs it is a transient service, elsewhere a detached process. Against a confirmation that comes at the
last moment there is one decision: whoever holds the lock when state.json still has the activation pending.

If it is killed, `observe` says so, and the next changing command after the end of the window does its work.
"""

from __future__ import annotations

import os
import sys
import time

from . import deadman_lock, importer, systemd, window
from .changing import changing
from .protocol import AgentError
from .put_back import put_back
from .store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .protocol import Json
    from .services import Services

LOOK = 0.5
READY = 15.0
ARMED = b"armed\n"


def arm(store: Store, agent: str, activation: str) -> Json:
    """Start the dead-man of `activation`, which is already pending. Raises AgentError(bug).

    What it is, for state's `pending`: {"kind": "systemd", "unit"} or {"kind": "process", "pid", "why"}.
    """
    deadman_lock.sweep(store)
    words = ["dead-man", "--state-dir", store.directory, "--activation", activation]
    command = [sys.executable or "python3", "-I", "-S", agent, *words]
    why = "systemd does not run here, or this user may not start units"
    if systemd.runs():
        unit = f"safedeploy-{activation}"
        failed = systemd.start(unit, command, f"Revert of {activation} unless it is confirmed")
        if failed is None:
            return {"kind": "systemd", "unit": f"{unit}.service"}
        why = failed
    return {"kind": "process", "pid": _detached(command), "why": why}


def _detached(command: list[str]) -> int:
    """Start the dead-man as a process without session or terminal; its pid, once it has said that it is ready."""
    import select
    import subprocess

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
    _load_meanwhile()
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


def _load_meanwhile() -> None:
    """Import what an activation needs from here on: before anything changes, and in the time that a start takes."""
    from . import health, httpd  # noqa: F401
    from .probes import live  # noqa: F401


def stand_guard(store: Store, services: Services, activation: str) -> str:
    """Wait for the end of the window of `activation`, then revert it if it is still pending. Returns what happened."""
    pauses = _pauses()
    with deadman_lock.stand(store, activation):
        _say_armed()
        while True:
            try:
                pending = _pending(store, activation)
            except AgentError:
                time.sleep(LOOK)  # its record is damaged: nothing may be changed before a person has put it right
                continue
            if pending is None:
                return "no longer pending"
            left = window.left(pending, services)
            if left > 0:
                time.sleep(min(left, LOOK))
            else:
                try:
                    if _revert(store, services, activation):
                        return "reverted"
                except (OSError, AgentError) as error:
                    if isinstance(error, AgentError) and error.code == "stranded":
                        raise  # that is its last word: a person goes on
                    time.sleep(next(pauses))  # the disk is full, or failed: nobody else would try again


def _pauses() -> Iterator[float]:
    """Seconds between two tries to revert: each try may reload httpd."""
    pause = 1.0
    while True:
        yield pause
        pause = min(60.0, pause * 2)


def _pending(store: Store, activation: str) -> Json | None:
    pending: Json | None = store.state.load()["pending"]
    return pending if pending and pending["activation"] == activation else None


def _revert(store: Store, services: Services, activation: str) -> bool:
    """Revert under the lock; False when the window was extended meanwhile. Entering may already have reverted it."""
    with changing(store.site, services, wait=None, by="dead-man") as locked:
        pending = _pending(locked, activation)
        if pending is None:
            return True
        why = window.ended(pending, services)
        if why is None:
            return False
        put_back(locked, services, pending, cause=why, by="dead-man")
    return True


def _say_armed() -> None:
    """Import all that a revert needs while the archive is surely there, then say so and let go of the pipe."""
    # For later, when the archive may have been pruned, and the disk be full or gone.
    import ctypes  # noqa: F401
    import datetime as dt  # noqa: F401
    import grp  # noqa: F401
    import hashlib  # noqa: F401
    import pwd  # noqa: F401
    import shutil  # noqa: F401
    import syslog  # noqa: F401

    from . import health, httpd  # noqa: F401

    importer.hold()
    address = os.environ.pop("NOTIFY_SOCKET", None)
    if address:
        systemd.say_ready(address)
        return
    os.write(1, ARMED)
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    if null > 2:
        os.close(null)
