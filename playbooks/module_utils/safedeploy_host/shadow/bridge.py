"""Carries bytes between a shadow's listening sockets and the real backends, and nowhere else."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping, Tuple

    Address = Tuple[str, int]

_CHUNK = 1 << 16
_PENDING = 1 << 18
_CONNECTIONS = 512
_RESET = struct.pack("ii", 1, 0)


class _End:
    """One side of a carried connection. `out` is what it still has to be sent; `closing` that nothing follows."""

    def __init__(self, stream: socket.socket, *, connecting: bool) -> None:
        self.stream = stream
        self.other: _End = self
        self.connecting = connecting
        self.out = b""
        self.closing = False
        self.finished = False


class Bridge:
    """All connections of one shadow. Single threaded: `poll` is waited on together with what else there is."""

    def __init__(self, listeners: Mapping[Address, socket.socket]) -> None:
        self._targets = {one.fileno(): (one, target) for target, one in listeners.items()}
        self._ends: dict[int, _End] = {}
        self._poll = select.poll()
        for descriptor in self._targets:
            self._poll.register(descriptor, select.POLLIN)
        self._watched: dict[int, int] = {}

    def watch(self, descriptor: int) -> None:
        """Let `serve` return when this descriptor is readable."""
        self._poll.register(descriptor, select.POLLIN)

    def serve(self, seconds: float) -> None:
        """Carry what is ready, waiting at most so long for it."""
        for descriptor, events in self._poll.poll(max(0, int(seconds * 1000))):
            if descriptor in self._targets:
                self._accept(*self._targets[descriptor])
            elif descriptor in self._ends:
                self._carry(self._ends[descriptor], events)

    def _accept(self, listener: socket.socket, target: Address) -> None:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        near.setblocking(False)
        far = socket.socket(listener.family, socket.SOCK_STREAM)
        far.setblocking(False)
        if len(self._ends) >= 2 * _CONNECTIONS:
            _reset(near)
            far.close()
            return
        far.connect_ex(target)
        first, second = _End(near, connecting=False), _End(far, connecting=True)
        first.other, second.other = second, first
        for end in (first, second):
            self._ends[end.stream.fileno()] = end
            self._watch(end)

    def _carry(self, end: _End, events: int) -> None:
        try:
            if end.connecting and events & (select.POLLOUT | select.POLLERR | select.POLLHUP):
                _require_connection(end.stream)
                end.connecting = False
            if events & (select.POLLIN | select.POLLHUP | select.POLLERR):
                self._take(end)
            for one in (end, end.other):
                self._give(one)
        except OSError:
            self._drop(end)
            return
        if all(one.finished and not one.out for one in (end, end.other)):
            self._drop(end)
            return
        for one in (end, end.other):
            self._watch(one)

    def _take(self, end: _End) -> None:
        if end.finished or len(end.other.out) >= _PENDING:
            return
        try:
            part = end.stream.recv(_CHUNK)
        except BlockingIOError:
            return
        if part:
            end.other.out += part
        else:
            end.finished = end.other.closing = True

    def _give(self, end: _End) -> None:
        if end.connecting:
            return
        try:
            while end.out:
                end.out = end.out[end.stream.send(end.out) :]
        except BlockingIOError:
            return
        if end.closing:
            end.closing = False
            end.stream.shutdown(socket.SHUT_WR)

    def _watch(self, end: _End) -> None:
        reading = not end.finished and not end.connecting and len(end.other.out) < _PENDING
        events = (select.POLLIN if reading else 0) | (select.POLLOUT if end.out or end.connecting else 0)
        descriptor = end.stream.fileno()
        if self._watched.get(descriptor) != events:
            self._watched[descriptor] = events
            if events:
                self._poll.register(descriptor, events)
            else:
                # Nothing to say and nothing to hear now: poll would report its end for ever.
                self._unregister(descriptor)

    def _forget(self, descriptor: int) -> None:
        self._watched.pop(descriptor, None)
        self._unregister(descriptor)

    def _unregister(self, descriptor: int) -> None:
        try:
            self._poll.unregister(descriptor)
        except KeyError:
            return

    def _drop(self, end: _End) -> None:
        for one in (end, end.other):
            self._forget(one.stream.fileno())
            self._ends.pop(one.stream.fileno(), None)
            if one.finished and one.other.finished:
                one.stream.close()
            else:
                _reset(one.stream)


def _require_connection(stream: socket.socket) -> None:
    """Raises the OSError that an attempt to connect ended with."""
    number = stream.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if number:
        raise OSError(number, os.strerror(number))


def _reset(stream: socket.socket) -> None:
    """Close so that the other side sees an error and no orderly end."""
    with contextlib.suppress(OSError):
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    stream.close()
