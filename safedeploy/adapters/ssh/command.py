"""One command over an open connection: input in, standard output and error out, both read together and both bounded.

When sudo may ask for a password, the input waits until the marker shows that the program is about to read it, so that
neither the password nor the request can end up with the wrong reader.
"""

from __future__ import annotations

import contextlib
import secrets
import selectors
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from safedeploy.adapters.ssh.reply import Kind, UnreachableError

if TYPE_CHECKING:
    import paramiko

    from safedeploy.adapters.ssh.deadline import Deadline
    from safedeploy.adapters.ssh.link import Link

_CHUNK = 32768
_STDERR_KEPT = 16384


@dataclass(kw_only=True)
class Output:
    """What came back so far; `status` is None when the host did not say. Only the end of stderr is kept."""

    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    status: int | None = None
    seen: int = 0


@dataclass(frozen=True, kw_only=True)
class Password:
    """A sudo password and the prompt that it answers. The prompt cannot be guessed, so only sudo can ask for it."""

    value: str = field(repr=False)
    prompt: str = field(default_factory=lambda: f"[safedeploy {secrets.token_hex(8)}]")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A remote command line and its input. With `password`, input waits for `marker` on standard output."""

    line: str
    input: bytes = field(repr=False)
    marker: str
    password: Password | None = None


def run(link: Link, command: Command, *, max_output: int, opening: Deadline, deadline: Deadline) -> Output:
    """Run to the end. Raises UnreachableError (timeout, closed, garbage when more than `max_output` bytes came)."""
    import paramiko  # noqa: PLC0415 - loaded with the connection already

    transport = link.transport
    if transport is None:
        raise UnreachableError(Kind.CLOSED, "The connection is closed.")
    try:
        channel = transport.open_session(timeout=opening.left())
    except (paramiko.SSHException, OSError, EOFError) as error:
        opening.left()
        raise UnreachableError(Kind.CLOSED, f"The host opens no session: {error}") from error
    link.opened = True
    try:
        channel.settimeout(deadline.left())
        channel.exec_command(command.line)
        return _Conversation(channel, command, max_output).hold(deadline)
    except (paramiko.SSHException, OSError, EOFError) as error:
        deadline.left()
        raise UnreachableError(Kind.CLOSED, f"The connection broke: {error or type(error).__name__}") from error
    finally:
        channel.close()


class _Conversation:
    """The loop that reads both streams and writes when it is our turn."""

    def __init__(self, channel: paramiko.Channel, command: Command, max_output: int) -> None:
        self._channel = channel
        self._command = command
        self._limit = max_output
        self._output = Output()
        self._to_send = memoryview(b"" if command.password else command.input)
        self._waiting = command.password is not None
        self._asked = False
        self._ended = False

    def hold(self, deadline: Deadline) -> Output:
        with selectors.DefaultSelector() as selector:
            selector.register(self._channel, selectors.EVENT_READ)
            while not self._done():
                self._send()
                if not self._read():
                    # A window that opens wakes nobody, so while there is something to send the wait is short.
                    pending = bool(self._to_send) or self._channel.eof_received
                    selector.select(min(deadline.left(), 0.01 if pending else 1.0))
                self._turn()
                deadline.left()
        if self._channel.status_event.wait(min(deadline.left(), 1.0)):
            self._output.status = self._channel.recv_exit_status()
        return self._output

    def _done(self) -> bool:
        """All was read; or the program ended and said its line, while something of its own keeps the pipe open."""
        if self._channel.recv_ready() or self._channel.recv_stderr_ready():
            return False
        if self._channel.closed or (self._channel.eof_received and self._channel.status_event.is_set()):
            return True
        return self._channel.exit_status_ready() and self._output.stdout.endswith(b"}\n")

    def _read(self) -> int:
        count = 0
        while self._channel.recv_ready():
            data = self._channel.recv(_CHUNK)
            self._output.stdout += data
            count += len(data)
            self._bound(len(data))
        while self._channel.recv_stderr_ready():
            data = self._channel.recv_stderr(_CHUNK)
            self._output.stderr += data
            del self._output.stderr[:-_STDERR_KEPT]
            count += len(data)
            self._bound(len(data))
        return count

    def _bound(self, count: int) -> None:
        self._output.seen += count
        if self._output.seen > self._limit:
            raise UnreachableError(Kind.GARBAGE, f"The host sent more than {self._limit} bytes; stopped reading.")

    def _send(self) -> None:
        while self._to_send and self._channel.send_ready():
            # The host may hang up before it has read all; what it said by then is the answer.
            try:
                self._to_send = self._to_send[self._channel.send(self._to_send[:_CHUNK].tobytes()) :]
            except OSError:
                self._to_send = memoryview(b"")
        if not self._to_send and not self._waiting and not self._ended:
            self._ended = True
            with contextlib.suppress(OSError, EOFError):
                self._channel.shutdown_write()

    def _turn(self) -> None:
        """Answer sudo's prompt once; send the input when the marker has come."""
        password = self._command.password
        if not self._waiting or password is None:
            return
        if self._command.marker.encode() + b"\n" in self._output.stdout:
            self._waiting = False
            self._to_send = memoryview(self._command.input)
        elif (prompts := self._output.stderr.count(password.prompt.encode())) and not self._asked:
            self._asked = True
            self._to_send = memoryview(password.value.encode() + b"\n")
        elif prompts > 1:
            raise UnreachableError(Kind.SUDO_PASSWORD, "sudo does not accept the password (ansible_become_password).")
