"""Reads the names and the validity out of an X.509 certificate in DER, verified by nobody.

The standard library parses a peer's certificate only after it has verified it, and a self-signed one is fine for a
health check. So this reads the few fields that a check is about; structure as in RFC 5280, encoding as in X.690.
"""

from __future__ import annotations

import ipaddress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Tuple

    Element = Tuple[int, bytes]

_SEQUENCE, _SET, _OID, _OCTETS = 0x30, 0x31, 0x06, 0x04
_UTC_TIME = 0x17
# "YYYYMMDDHHMMSSZ": in a certificate always to the second, and in UTC (RFC 5280, 4.1.2.5).
_TIME = 15
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_DNS, _IP = 0x82, 0x87
_SUBJECT_ALT_NAME = bytes.fromhex("551d11")
_COMMON_NAME = bytes.fromhex("550403")


class Certificate:
    """A certificate's names (DNS names as they are, addresses as text) and the end of its validity in epoch seconds."""

    def __init__(self, der: bytes) -> None:
        """Raises ValueError for what is not a certificate."""
        try:
            ((_, body),) = _elements(der)
            fields = list(_elements(next(_elements(body))[1]))
            if fields[0][0] == _VERSION:
                fields = fields[1:]
            # serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, ... extensions
            _, not_after = _elements(fields[3][1])
            self.not_after = _time(*not_after)
            extensions = next((value for tag, value in fields if tag == _EXTENSIONS), b"")
            self.names = list(_alternative_names(extensions)) or list(_common_names(fields[4][1]))
        except (IndexError, StopIteration, UnicodeDecodeError) as error:
            raise ValueError("not a certificate") from error

    def covers(self, host: str) -> bool:
        """Whether it was made for this host name or address; `*` stands for one leftmost label (RFC 6125)."""
        wanted = host.lower().rstrip(".")
        _, _, parent = wanted.partition(".")
        return any(name.lower() == wanted or (parent and name.lower() == f"*.{parent}") for name in self.names)


def _elements(data: bytes) -> Iterator[Element]:
    """The elements that lie one after another in `data`, as (tag, content)."""
    position = 0
    while position < len(data):
        tag, length = data[position], data[position + 1]
        position += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[position : position + size], "big")
            position += size
        if position + length > len(data):
            raise ValueError("not a certificate: it is cut off")
        yield tag, data[position : position + length]
        position += length


def _time(tag: int, value: bytes) -> int:
    import datetime as dt  # for those alone that have a certificate before them; strptime would load far more

    text = value.decode("ascii")
    if tag == _UTC_TIME:
        # Two-digit years: 50 to 99 are of the last century (RFC 5280, 4.1.2.5.1).
        text = ("19" if text[:2] >= "50" else "20") + text
    if len(text) != _TIME or not text.endswith("Z"):
        raise ValueError("not a certificate: its validity ends at no time")
    month, day, hour, minute, second = (int(text[place : place + 2]) for place in range(4, _TIME - 1, 2))
    return int(dt.datetime(int(text[:4]), month, day, hour, minute, second, tzinfo=dt.timezone.utc).timestamp())


def _alternative_names(extensions: bytes) -> Iterator[str]:
    for _, sequence in _elements(extensions):
        for _, extension in _elements(sequence):
            parts = list(_elements(extension))
            if parts[0] == (_OID, _SUBJECT_ALT_NAME):
                ((_, names),) = _elements(parts[-1][1])
                for tag, name in _elements(names):
                    if tag == _DNS:
                        yield name.decode("ascii")
                    elif tag == _IP:
                        yield str(ipaddress.ip_address(name))


def _common_names(subject: bytes) -> Iterator[str]:
    for _, group in _elements(subject):
        for _, pair in _elements(group):
            (_, oid), (_, value) = _elements(pair)
            if oid == _COMMON_NAME:
                yield value.decode("utf-8")
