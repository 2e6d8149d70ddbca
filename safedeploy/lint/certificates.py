"""What a certificate says of itself, and which public key belongs to a private one. Pure.

Of kinds of keys other than RSA and those on elliptic curves nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from safedeploy.lint.der import BITS, INTEGER, OBJECT, OCTETS, SEQUENCE, MalformedError, Value, blocks, values

_RSA = bytes.fromhex("2a864886f70d010101")
_EC = bytes.fromhex("2a8648ce3d0201")
_COMMON_NAME = bytes.fromhex("550403")
_ALTERNATIVE_NAMES = bytes.fromhex("551d11")
_DNS, _UTC_TIME, _EXPLICIT_0, _EXPLICIT_1, _EXTENSIONS = 0x82, 0x17, 0xA0, 0xA1, 0xA3
_HALF_OF_A_CENTURY = 50


@dataclass(frozen=True, kw_only=True)
class Key:
    """A public key: `kind` is RSA or EC; `value` is alike in a certificate and its private key, None if not known."""

    kind: str
    value: bytes | None


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """`names` are those of hosts, in lower case: the alternative names, or the common name where there are none."""

    key: Key | None
    names: tuple[str, ...]
    ends: datetime


def certificate(text: bytes) -> Certificate | None:
    """The first certificate of a PEM file, which is the one that httpd shows."""
    for name, data in blocks(text):
        if name in ("CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE"):
            try:
                return _certificate(data)
            except (MalformedError, IndexError, ValueError):
                return None
    return None


def private_key(text: bytes) -> Key | None:
    """The public half of the first private key of a PEM file; None where there is none or it cannot be told."""
    for name, data in blocks(text):
        try:
            if name == "PRIVATE KEY":
                return _from_pkcs8(data)
            if name == "RSA PRIVATE KEY":
                return _rsa_key(data)
            if name == "EC PRIVATE KEY":
                return _ec_key(data)
            if name.endswith("PRIVATE KEY"):
                return None
        except (MalformedError, IndexError, ValueError):
            return None
    return None


def belong_together(one: Key, other: Key) -> bool | None:
    """Whether two keys are the same one; None where that cannot be told."""
    if one.kind != other.kind:
        return False
    if one.value is None or other.value is None:
        return None
    if one.value == other.value:
        return True
    # A point of a curve may be written shorter.
    return None if one.kind == "EC" and len(one.value) != len(other.value) else False


def covers(names: tuple[str, ...], host: str) -> bool:
    """Whether a host's name is one of a certificate's: `*` stands for one part at the beginning."""
    parent = host.partition(".")[2]
    return host in names or f"*.{parent}" in names


def _certificate(data: bytes) -> Certificate:
    fields = list(_sequence(data)[0].parts())
    if fields[0].tag == _EXPLICIT_0:
        del fields[0]
    _, _, _, validity, subject, key = fields[:6]
    extensions = next((one for one in fields[6:] if one.tag == _EXTENSIONS), None)
    names = _alternative_names(extensions) if extensions else ()
    return Certificate(key=_public_key(key), names=names or _common_names(subject), ends=_time(validity.parts()[1]))


def _sequence(data: bytes) -> tuple[Value, ...]:
    (outer,) = values(data)
    if outer.tag != SEQUENCE:
        raise MalformedError
    return outer.parts()


def _public_key(key: Value) -> Key | None:
    algorithm, bits = key.parts()
    identifier = algorithm.parts()[0].content
    if identifier == _RSA:
        return Key(kind="RSA", value=_sequence(bits.content[1:])[0].content)
    return Key(kind="EC", value=bits.content) if identifier == _EC else None


def _from_pkcs8(data: bytes) -> Key | None:
    _, algorithm, inner = _sequence(data)[:3]
    identifier = algorithm.parts()[0].content
    if identifier == _RSA:
        return _rsa_key(inner.content)
    return _ec_key(inner.content) if identifier == _EC else None


def _rsa_key(data: bytes) -> Key:
    modulus = _sequence(data)[1]
    if modulus.tag != INTEGER:
        raise MalformedError
    return Key(kind="RSA", value=modulus.content)


def _ec_key(data: bytes) -> Key:
    fields = _sequence(data)
    if fields[1].tag != OCTETS:
        raise MalformedError
    public = next((one for one in fields[2:] if one.tag == _EXPLICIT_1), None)
    bits = public.parts()[0] if public else None
    return Key(kind="EC", value=bits.content if bits and bits.tag == BITS else None)


def _common_names(subject: Value) -> tuple[str, ...]:
    pairs = [pair.parts() for group in subject.parts() for pair in group.parts()]
    found = [one[1].content for one in pairs if one[0].tag == OBJECT and one[0].content == _COMMON_NAME]
    return tuple(name.decode("latin-1").lower() for name in found)


def _alternative_names(extensions: Value) -> tuple[str, ...]:
    for extension in extensions.parts()[0].parts():
        fields = extension.parts()
        if fields[0].content == _ALTERNATIVE_NAMES:
            names = _sequence(fields[-1].content)
            return tuple(one.content.decode("latin-1").lower() for one in names if one.tag == _DNS)
    return ()


def _time(value: Value) -> datetime:
    text = value.content.decode("ascii").rstrip("Z")
    if value.tag == _UTC_TIME:
        text = ("20" if int(text[:2]) < _HALF_OF_A_CENTURY else "19") + text
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
