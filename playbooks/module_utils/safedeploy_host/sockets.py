"""Which TCP sockets a process listens on, and whether one of them really answers.

A server can be alive, hold its ports and answer nobody; only bytes prove the contrary.
"""

from __future__ import annotations

import os
import socket
import sys
import time

from . import sock_diag
from .connecting import connect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Tuple

    Address = Tuple[str, int]

_LISTENING, _ESTABLISHED = "0A", "01"
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- where to reach what is bound to all addresses
# Handled by httpd's core for the whole server: no virtual host, document or application sees it. A TLS port answers it
# with an error, which is an answer too.
QUESTION = b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nUser-Agent: safedeploy\r\nConnection: close\r\n\r\n"
_ONE_TRY = 1.0
_BETWEEN_TRIES = 0.05
# Why the kernel did not say which sockets listen. It is not asked again: it may start a modprobe each time.
_refused: list[str] = []


def inodes(pid: int) -> set[str] | None:
    """The inodes of all sockets that a process holds, or None when we may not look."""
    found = set()
    try:
        names = os.listdir(f"/proc/{pid}/fd")
    except FileNotFoundError:
        return set()
    except OSError:
        return None
    for name in names:
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found


def listening(pid: int) -> dict[str, Address] | None:
    """Where to reach the listening TCP sockets of a process, {inode: address}, or None when we may not look."""
    if inodes(pid) is None:
        return None
    return {inode: (_LOOPBACK.get(host, host), port) for inode, (host, port) in bound(pid)}


def bound(pid: int) -> list[tuple[str, Address]]:
    """The listening TCP sockets of a process as (inode, address), wildcards as they are; none when we may not look."""
    held = inodes(pid)
    if not held:
        return []
    return [(inode, address) for inode, address, _ in _listening(pid) if inode in held]


def all_listening() -> list[tuple[str, Address]]:
    """Every listening TCP socket that this process's network has, as (inode, address)."""
    return [(inode, address) for inode, address, _ in _listening("self")]


def established(ports: Iterable[int]) -> int:
    """How many TCP connections clients have open to these local ports."""
    wanted = set(ports)
    return sum(_address(family, fields[1])[1] in wanted for family, fields in _rows("self", _ESTABLISHED))


def peers(ports: Iterable[int]) -> list[Address]:
    """(client's address, local port) of each TCP connection that is open to these local ports."""
    wanted = set(ports)
    return [(peer[0], port) for (_, port), peer in _connections() if port in wanted]


def queued(ports: Iterable[int]) -> int:
    """How many connections wait in the queues of the listening sockets of these ports: nobody has taken them up."""
    wanted = set(ports)
    return sum(waiting for _, (_, port), waiting in _listening("self") if port in wanted)


def wait_for_bytes(addresses: Iterable[Address], deadline: float) -> Address | None:
    """Ask the addresses in turn until one answers with a byte; None when none has by `deadline` (time.monotonic)."""
    order = sorted(set(addresses), key=lambda address: address[1])
    while order:
        for address in order:
            if _answers(address, min(_ONE_TRY, max(0.01, deadline - time.monotonic()))):
                return address
            if time.monotonic() >= deadline:
                return None
        time.sleep(_BETWEEN_TRIES)
    return None


def _answers(address: Address, timeout: float) -> bool:
    try:
        with connect(*address, timeout) as connection:
            connection.sendall(QUESTION)
            return bool(connection.recv(1))
    except OSError:
        return False


def _listening(pid: int | str) -> list[tuple[str, Address, int]]:
    """(inode, address, connections that nobody has taken up yet) of the listening sockets of a process's network."""
    if not _refused and _shares_our_network(pid):
        try:
            return sock_diag.listening()
        except OSError as error:
            _refused.append(str(error))
    return [
        (fields[9], _address(family, fields[1]), int(fields[4].partition(":")[2], 16))
        for family, fields in _rows(pid, _LISTENING)
    ]


def _shares_our_network(pid: int | str) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/ns/net") == os.readlink("/proc/thread-self/ns/net")
    except OSError:
        return False


def _connections() -> Iterable[tuple[Address, Address]]:
    for family, fields in _rows("self", _ESTABLISHED):
        yield _address(family, fields[1]), _address(family, fields[2])


def _rows(pid: int | str, state: str) -> Iterable[tuple[socket.AddressFamily, list[str]]]:
    for family, name in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        try:
            with open(f"/proc/{pid}/net/{name}", encoding="utf-8") as table:
                lines = table.read().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == state:
                yield family, fields


def _address(family: socket.AddressFamily, text: str) -> Address:
    """An address as /proc/net/tcp shows it."""
    host, _, port = text.partition(":")
    # The kernel prints each 32 bit word of the address in the machine's own byte order.
    words = [host[index : index + 8] for index in range(0, len(host), 8)]
    packed = b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words)
    address = socket.inet_ntop(family, packed)
    return address, int(port, 16)
