"""Children that die with the one who made them, however that one dies, and the JSON that they send home."""

from __future__ import annotations

import json
import os
import select
import signal
import time

from .. import namespaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

PATIENCE = 5.0
_STEP = 0.001
_LIMIT = 32 * 1024 * 1024
_ORDINARY = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGCHLD)


class Child:
    """A child that runs `act` and then ends; nothing else of the parent's runs in it.

    The kernel kills it when the thread that made it ends. What died before the kernel was told is seen by the end of a
    pipe that the parent holds open, or by another parent: in a new pid namespace the parent has no number.
    """

    def __init__(self, act: Callable[[], None]) -> None:
        reader, self._writer = os.pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self._writer)
                namespaces.die_with_parent(signal.SIGKILL)
                if os.getppid() in (parent, 0) and not select.select([reader], [], [], 0)[0]:
                    os.close(reader)
                    for number in _ORDINARY:
                        signal.signal(number, signal.SIG_DFL)
                    signal.pthread_sigmask(signal.SIG_SETMASK, [])
                    act()
            finally:
                os._exit(0)
        os.close(reader)

    def end(self, number: int = signal.SIGKILL) -> None:
        """Signal it and wait until it is gone with all that dies with it; after PATIENCE seconds it is killed."""
        deadline = time.monotonic() + PATIENCE
        os.kill(self.pid, number)
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(_STEP)
        os.close(self._writer)


def call(act: Callable[[], Any], seconds: float) -> Any:
    """The JSON value of `act`, done in a child within `seconds`. Raises OSError, also for any error of `act`."""
    reader, writer = os.pipe()
    child = Child(lambda: send(writer, _outcome(act)))
    os.close(writer)
    lines = Lines(reader)
    deadline = time.monotonic() + seconds
    try:
        while not lines.ended and not lines.found and time.monotonic() < deadline:
            select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
            lines.read()
    finally:
        os.close(reader)
        child.end()
    if not lines.found:
        raise OSError(f"no answer from a child within {seconds:g} s")
    if "error" in lines.found[0]:
        raise OSError(lines.found[0]["error"])
    return lines.found[0]["value"]


def _outcome(act: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"value": act()}
    except Exception as error:  # noqa: BLE001 -- the parent decides
        return {"error": f"{type(error).__name__}: {error}"}


def send(descriptor: int, document: Any) -> None:
    """Write one document as one line."""
    data = memoryview(json.dumps(document).encode() + b"\n")
    while data:
        data = data[os.write(descriptor, data) :]


class Lines:
    """The documents that come through a pipe: `found` so far, and whether the pipe has `ended`."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self.found: list[Any] = []
        self.ended = False
        self._rest = b""

    def read(self) -> None:
        """Take what is there, without waiting."""
        while not self.ended:
            try:
                part = os.read(self.descriptor, 1 << 16)
            except BlockingIOError:
                return
            *whole, self._rest = (self._rest + part).split(b"\n")
            self.found += [json.loads(line) for line in whole]
            self.ended = not part or len(self._rest) > _LIMIT
