"""Connections to plain addresses, without what Python loads to look up names and to read international ones."""

from __future__ import annotations

import socket


def connect(address: str, port: int, timeout: float, source: str | None = None) -> socket.socket:
    """A connection to an address or, what takes longer, to a name; from the address `source`. Raises OSError."""
    family = _family(address)
    if family is None:
        return socket.create_connection((address, port), timeout, (source, 0) if source else None)
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        if source:
            connection.bind((source, 0))
        connection.connect((address, port))
    except BaseException:
        connection.close()
        raise
    return connection


def sni(name: str) -> str | bytes:
    """The name for a handshake: as bytes, where the codec of international names would leave it as it is."""
    if name.isascii() and all(0 < len(label) < 64 for label in name.split(".")):
        return name.encode("ascii")
    return name


def _family(address: str) -> socket.AddressFamily | None:
    """That of a plain address; None for a name and an address with a zone, which the resolver has to read."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, address)
        except (OSError, ValueError):
            continue
        return family
    return None
