"""Addresses, links and routes by rtnetlink(7), so that no `ip` program is needed. A refusal is an OSError."""

from __future__ import annotations

import errno
import os
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

_NEW_LINK, _NEW_ADDRESS, _GET_ADDRESS, _NEW_ROUTE = 16, 20, 22, 24
_ERROR, _DONE = 2, 3
_REQUEST, _ACK, _DUMP, _CREATE, _EXCLUSIVE = 0x1, 0x4, 0x300, 0x400, 0x200
_UP, _NO_ARP = 0x1, 0x80
_NO_DUPLICATE_DETECTION = 0x2
_UNIVERSE, _ON_LINK = 0, 253
_MAIN_TABLE, _STATIC, _UNICAST = 254, 4, 1
_MAC = b"\x02\x00\x00\x00\x00\x01"


class Route:
    """A conversation with the kernel about this process's present network namespace."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def addresses(self) -> list[str]:
        """The addresses of all interfaces, except those of one link only (fe80::/10)."""
        found = []
        self._send(_GET_ADDRESS, _DUMP, struct.pack("=BBBBI", 0, 0, 0, 0, 0))
        for payload in self._answers():
            family, _, _, scope, _ = struct.unpack_from("=BBBBI", payload)
            values = dict(_attributes(payload[8:]))
            packed = values.get(2, values.get(1))
            if packed and scope != _ON_LINK and family in (socket.AF_INET, socket.AF_INET6):
                found.append(socket.inet_ntop(family, packed))
        return found

    def up(self, name: str, *, arp: bool = True) -> None:
        """Switch an interface on."""
        flags = _UP if arp else _UP | _NO_ARP
        self._ask(_NEW_LINK, 0, struct.pack("=BxHiII", 0, 0, socket.if_nametoindex(name), flags, flags))

    def add(self, address: str, name: str) -> None:
        """Give an interface an address of its own; one that is there already is no error."""
        family, packed = pack(address)
        index = socket.if_nametoindex(name)
        header = struct.pack("=BBBBI", family, len(packed) * 8, _NO_DUPLICATE_DETECTION, _UNIVERSE, index)
        self._ask(_NEW_ADDRESS, _CREATE, header + _attribute(2, packed) + _attribute(1, packed), (errno.EEXIST,))

    def pair(self, name: str, peer: str, namespace: int) -> None:
        """Make a pair of linked interfaces, one here and one in the network namespace of that descriptor.

        Both have the same hardware address, so that without ARP each takes all that the other sends.
        """
        head = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
        there = head + _name(peer) + _attribute(1, _MAC) + _attribute(28, struct.pack("=I", namespace))
        info = _attribute(1, b"veth\0") + _attribute(2, _attribute(1, there))
        self._ask(_NEW_LINK, _CREATE | _EXCLUSIVE, head + _name(name) + _attribute(1, _MAC) + _attribute(18, info))

    def reach(self, address: str | None, name: str, source: str | None = None, *, family: int = 0) -> None:
        """Send what goes to `address` (None: to any of the family) through an interface, with `source` as sender."""
        packed = b""
        if address is not None:
            family, packed = pack(address)
        values = _attribute(1, packed) if packed else b""
        values += _attribute(4, struct.pack("=I", socket.if_nametoindex(name)))
        if source is not None:
            values += _attribute(7, pack(source)[1])
        scope = _ON_LINK if family == socket.AF_INET else _UNIVERSE
        sizes = struct.pack("=BBBBBBBBI", family, len(packed) * 8, 0, 0, _MAIN_TABLE, _STATIC, scope, _UNICAST, 0)
        self._ask(_NEW_ROUTE, _CREATE, sizes + values, (errno.EEXIST,))

    def _ask(self, kind: int, flags: int, payload: bytes, ignored: tuple[int, ...] = ()) -> None:
        self._send(kind, flags | _ACK, payload)
        try:
            for _ in self._answers():
                continue
        except OSError as error:
            if error.errno not in ignored:
                raise

    def _send(self, kind: int, flags: int, payload: bytes) -> None:
        self._socket.send(struct.pack("=IHHII", 16 + len(payload), kind, flags | _REQUEST, 1, 0) + payload)

    def _answers(self) -> Iterator[bytes]:
        while True:
            data = self._socket.recv(1 << 16)
            while data:
                length, kind, _, _, _ = struct.unpack_from("=IHHII", data)
                payload, data = data[16:length], data[(length + 3) & ~3 :]
                if kind == _DONE:
                    return
                if kind == _ERROR:
                    number = -struct.unpack_from("=i", payload)[0]
                    if number:
                        raise OSError(number, f"rtnetlink: {os.strerror(number)}")
                    return
                yield payload


def pack(address: str) -> tuple[int, bytes]:
    """An address as its family and bytes. Raises OSError when it is none."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.inet_pton(family, address)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind, data[4:length]
        data = data[(length + 3) & ~3 :]


def _name(text: str) -> bytes:
    return _attribute(3, text.encode() + b"\0")
