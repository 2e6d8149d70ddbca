"""Run a program that ends when its parent does, with all that it started: `tied.py PARENT PROGRAM ARGUMENTS...`.

Run as a script, in front of the program. ansible-runner lets ansible-playbook survive its controller; a play that goes
on by itself would change more hosts with nobody to settle them. The kernel tells this process of the parent's death,
whatever it dies of. It then asks the program to end, as it does when it is asked itself (SIGTERM, SIGINT, SIGHUP), and
kills what is left of it and of its descendants PATIENCE seconds later: ansible-playbook alone may wait for ever for a
worker, or at a pipe that nobody reads any more, and its workers are leaders of sessions of their own. Descendants that
lose their parent become children of this process, so that none is overlooked.

A program that ends by itself leaves what it wants to: ssh's shared connections serve the next play. Elsewhere than on
Linux the program is started untied.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

PATIENCE = 3.0
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LOOK = 0.1


def main(arguments: list[str]) -> int:
    """Run the program in `arguments[1:]`, tied to the process `arguments[0]`. Its exit code, 128 + n for signal n."""
    if sys.platform != "linux":
        os.execv(arguments[1], arguments[1:])  # noqa: S606 - the arguments are a list, and no shell is meant
    # Waited for instead of handled, so that none comes between two looks.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, (*_STOP, signal.SIGCHLD))
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # A parent that died before it was tied to sends no signal: then nothing is started, and there is nobody to tell.
    if os.getppid() != int(arguments[0]):
        return 1
    child = os.fork()
    if child == 0:
        _become(arguments[1:])
    return _watch(child)


def _become(command: list[str]) -> None:
    """In the child: be the program, which is asked to end should this process be killed."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (*_STOP, signal.SIGCHLD))
    try:
        os.execv(command[0], command)  # noqa: S606 - the arguments are a list, and no shell is meant
    finally:
        os._exit(127)


def _watch(child: int) -> int:
    """Wait for the program; end it when that is asked for. Its exit code."""
    code: int | None = None
    deadline: float | None = None
    while code is None and (deadline is None or time.monotonic() < deadline):
        told = signal.sigtimedwait((*_STOP, signal.SIGCHLD), _LOOK if deadline else 3600)
        if told is not None and told.si_signo != signal.SIGCHLD:
            deadline = deadline or time.monotonic() + PATIENCE
            _send(child, signal.SIGTERM)
        code = _reaped(child)
    if deadline is not None:
        code = _end_all(child, code)
    return code if code is not None else 128 + signal.SIGKILL


def _end_all(child: int, code: int | None) -> int | None:
    """Kill every descendant until there is none; those in the kernel's hands are left to it after PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while (left := _descendants(os.getpid())) and time.monotonic() < end:
        for pid in left:
            _send(pid, signal.SIGKILL)
        time.sleep(0.02)
        found = _reaped(child)
        code = found if code is None else code
    return code


def _reaped(child: int) -> int | None:
    """Wait for whatever has ended; the exit code of `child`, when it is among that."""
    code = None
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            if found[0] == child:
                ended = os.waitstatus_to_exitcode(found[1])
                code = ended if ended >= 0 else 128 - ended
    return code


def _descendants(root: int) -> list[int]:
    """Every process below `root`, from /proc."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = [root]
    for pid in found:
        found += [other for other, parent in parents.items() if parent == pid]
    return found[1:]


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
