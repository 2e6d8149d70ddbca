"""Just enough of DER and PEM to read certificates and private keys: what a block is, and the values in it. Pure.

A text that is not well formed has nothing in it: whatever is wrong with it is httpd's to say.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE, INTEGER, OBJECT, OCTETS, BITS = 0x30, 0x02, 0x06, 0x04, 0x03
_LONG_FORM = 0x80
_MOST_LENGTH_BYTES = 4
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s*(.*?)-----END \1-----", re.DOTALL)


class MalformedError(Exception):
    """The bytes are no DER, or not what was expected in them."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value with its tag and content."""

    tag: int
    content: bytes

    def parts(self) -> tuple[Value, ...]:
        """The values that it consists of. Raises MalformedError."""
        return tuple(values(self.content))


def values(data: bytes) -> Iterator[Value]:
    """The values that stand one behind the other. Raises MalformedError."""
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            raise MalformedError
        tag, length, at = data[at], data[at + 1], at + 2
        if length & _LONG_FORM:
            count = length & ~_LONG_FORM
            if not 0 < count <= _MOST_LENGTH_BYTES:
                raise MalformedError
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise MalformedError
        yield Value(tag=tag, content=data[at : at + length])
        at += length


def blocks(text: bytes) -> Iterator[tuple[str, bytes]]:
    """The PEM blocks of a file: what each is called, and its bytes. One that is encrypted or damaged has none."""
    for match in _BLOCK.finditer(text):
        body = b"".join(match[2].split())
        try:
            yield match[1].decode(), base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            yield match[1].decode(), b""
