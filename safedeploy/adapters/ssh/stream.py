"""A command of the on-host program that answers line after line, over a connection of its own, till one side ends it.

Promises: what the host sends is bounded line by line and second by second; a connection that says nothing for too long
is given up; `close` may be called from another thread.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from safedeploy.adapters.ssh import library
from safedeploy.adapters.ssh.call import Question, wrap
from safedeploy.adapters.ssh.link import Link
from safedeploy.adapters.ssh.reply import Kind, Refusal, Reply, UnreachableError, parse
from safedeploy.core.remote_line import NO_PYTHON, memory_input, memory_line

if TYPE_CHECKING:
    import paramiko

    from safedeploy.core.host import Connection

LONGEST = 1 << 20  # of a line, in bytes
_CHUNK = 32768
_PROMPT_KEPT = 4096


class Stream:
    """The lines of one host. The program runs from memory: nothing need be staged there."""

    def __init__(self, connection: Connection, question: Question, *, connect: float, silence: float) -> None:
        """`connect`: seconds for the connection; `silence`: seconds without a line after which it is given up."""
        self._connection = connection
        self._question = question
        self._connect, self._silence = connect, silence
        self._link: Link | None = None
        self._closed = False

    def close(self) -> None:
        """End it, also from another thread."""
        self._closed = True
        if self._link is not None:
            self._link.close()

    def lines(self) -> Iterator[Mapping[str, Any]]:
        """The results, one after the other. Raises UnreachableError when the connection ends, or is refused."""
        library.load()
        import paramiko  # noqa: PLC0415 - see library

        self._link = Link.open(self._connection, timeout=self._connect)
        try:
            yield from self._hold(self._link)
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise UnreachableError(Kind.CLOSED, f"The connection broke: {error or type(error).__name__}") from error
        finally:
            self._link.close()

    def _hold(self, link: Link) -> Iterator[Mapping[str, Any]]:
        marker = f"safedeploy:{secrets.token_hex(8)}"
        question = self._question
        inner = memory_line(marker=marker, command=question.command, python=self._connection.python)
        line, password = wrap(inner, self._connection.become)
        if link.transport is None:
            raise UnreachableError(Kind.CLOSED, "The connection is closed.")
        channel = link.transport.open_session(timeout=self._connect)
        channel.settimeout(self._connect)
        channel.exec_command(line)
        if password is not None:
            self._answer_sudo(channel, password.prompt, password.value)
        sent = memory_input(question.program, question.sha256) + json.dumps(question.request).encode()
        channel.sendall(sent)
        channel.shutdown_write()
        yield from self._results(channel, marker.encode())

    def _answer_sudo(self, channel: paramiko.Channel, prompt: str, value: str) -> None:
        """Wait for sudo's own prompt, which nobody can guess, or for the marker where it needs no password."""
        end, seen = time.monotonic() + self._connect, b""
        while time.monotonic() < end and not channel.recv_ready():
            if channel.recv_stderr_ready():
                seen = (seen + channel.recv_stderr(_CHUNK))[-_PROMPT_KEPT:]
                if prompt.encode() in seen:
                    channel.sendall(value.encode() + b"\n")
                    return
            time.sleep(0.02)

    def _results(self, channel: paramiko.Channel, marker: bytes) -> Iterator[Mapping[str, Any]]:
        data, started = b"", False
        channel.settimeout(self._silence)
        while not self._closed:
            try:
                piece = channel.recv(_CHUNK)
            except TimeoutError:
                raise UnreachableError(Kind.TIMEOUT, f"The host said nothing for {self._silence:g} s.") from None
            if not piece:
                text = (
                    channel.recv_stderr(_CHUNK).decode(errors="replace").strip() if channel.recv_stderr_ready() else ""
                )
                raise UnreachableError(
                    Kind.CLOSED, f"The host ended the connection{f': {text[-300:]}' if text else '.'}"
                )
            data += piece
            if len(data) > LONGEST:
                raise UnreachableError(Kind.GARBAGE, f"The host sent a line of more than {LONGEST} bytes.")
            *whole, data = data.split(b"\n")
            for one in whole:
                if not started:
                    started = one == marker
                    continue
                if one.strip() == NO_PYTHON.encode():
                    raise UnreachableError(Kind.NO_PYTHON, "There is no Python 3.8 or later on the host.")
                yield _result(parse(one))


def _result(reply: Reply | None) -> Mapping[str, Any]:
    if reply is None:
        raise UnreachableError(Kind.GARBAGE, "The host's answer is not understood.")
    if isinstance(reply, Refusal):
        raise UnreachableError(Kind.GARBAGE, f"{reply.message} ({reply.code})")
    result = getattr(reply, "result", None)
    if not isinstance(result, Mapping):
        raise UnreachableError(Kind.GARBAGE, "The host's answer is not understood.")
    return result
