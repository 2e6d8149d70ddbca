"""A second command on a host that is got ready while the first one is still at work, over a connection of its own.

The first one says how far it has come (`hear`). The second one connects then, in a thread, and waits to be let go.
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import io
    import subprocess

    from .bundle import Json

# Seconds between two tries to end what the thread waits for, and for all of them: it may be at checks that take long.
# What is left of it goes with the process, and cannot send anything any more.
_STEP = 0.02
_PATIENCE = 1.0


class NotWantedError(Exception):
    """The second command is not to be done: the first one did not go well."""


class Following:
    """A context manager; leaving it before the command was let go ends it, without its request having been sent.

    `work` does the command in a thread of its own. It is given a function that it calls before it sends anything, which
    returns when the command may go on, and raises NotWantedError otherwise. `end` ends what `work` waits for.
    """

    def __init__(self, work: Callable[[Callable[[], None]], Json], end: Callable[[], object]) -> None:
        self._work = work
        self._end = end
        self._thread: threading.Thread | None = None
        self._decided = threading.Event()
        self._wanted = False
        self._result: Json | None = None
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._decided.set()
        until = time.monotonic() + _PATIENCE
        while self._thread is not None and self._thread.is_alive() and time.monotonic() < until:
            self._end()
            self._thread.join(_STEP)

    def begin(self) -> None:
        """Get ready; once is enough, and where there can be no thread yet, `go` does it. Never raises."""
        if self._thread is None:
            # What Ansible knows of the task that it is at goes with the context.
            act = contextvars.copy_context().run
            thread = threading.Thread(target=act, args=(self._act,), name="following", daemon=True)
            with contextlib.suppress(RuntimeError):
                thread.start()
                self._thread = thread

    def go(self) -> Json:
        """Let the command go, and return its result. Raises what `work` raises."""
        self.begin()
        self._wanted = True
        self._decided.set()
        if self._thread is None:
            self._act()
        else:
            self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._result is not None  # noqa: S101 - for the types: `work` has returned or raised
        return self._result

    def _act(self) -> None:
        try:
            self._result = self._work(self._wait)
        except BaseException as error:  # noqa: BLE001 - raised by `go`, where somebody hears it
            self._error = error

    def _wait(self) -> None:
        self._decided.wait()
        if not self._wanted:
            raise NotWantedError


@contextlib.contextmanager
def hear(connection: Any, words: bytes, call: Callable[[bytes], object]) -> Iterator[None]:
    """Have `call` called, once, with the line that begins with `words`, as soon as a command says it.

    That is over a connection of Ansible's ssh plugin; over one of another kind it is never called. The line is given
    from the words on, and without its end.
    """
    send = getattr(connection, "_send_initial_data", None)
    if send is None:
        yield
        return

    def listen(stream: io.IOBase, data: bytes, process: subprocess.Popen[bytes]) -> None:
        output: Any = process.stdout
        output.read = _reader(output.read, words, call)
        send(stream, data, process)

    connection._send_initial_data = listen  # noqa: SLF001 - nothing public shows what comes while it comes
    try:
        yield
    finally:
        del connection._send_initial_data  # noqa: SLF001 - the method of its class is there again


def _reader(
    read: Callable[..., bytes | None], words: bytes, call: Callable[[bytes], object]
) -> Callable[..., bytes | None]:
    """`read`, and `call` when the line has come."""
    heard: bytearray | None = bytearray()
    begun = False  # the words have come, and are what `heard` begins with

    def listening(*size: int) -> bytes | None:
        nonlocal heard, begun
        part = read(*size)
        if heard is None or not part:
            return part
        looked = len(heard) if begun else 0
        heard += part
        if not begun and (at := heard.find(words)) >= 0:
            begun = True
            del heard[:at]
        if not begun:
            del heard[: -len(words)]
        elif (end := heard.find(b"\n", looked)) >= 0:
            line, heard = bytes(heard[:end]), None
            call(line)
        return part

    return listening
