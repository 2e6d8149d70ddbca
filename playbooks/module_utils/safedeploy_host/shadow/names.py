"""Name resolution in a shadow: a file that holds what the host answered, and nothing else is asked."""

from __future__ import annotations

import os

from .. import namespaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping

_HOSTS = "/etc/hosts"
_SWITCH = "/etc/nsswitch.conf"
_ASIDE = "/dev/aside"


def write(names: Mapping[str, list[str]]) -> None:
    """Write /etc/hosts and nsswitch.conf in the present root."""
    text = _read(_HOSTS)
    known = {word for line in text.splitlines() for word in line.partition("#")[0].split()[1:]}
    # What the file says already, the host has answered from it.
    new = [f"{address} {name}" for name, found in names.items() if name not in known for address in found]
    _write(_HOSTS, "\n".join([text.rstrip("\n"), *[line for line in new if _plain(line)], ""]))
    lines = [line for line in _read(_SWITCH).splitlines() if not line.strip().startswith("hosts:")]
    _write(_SWITCH, "\n".join([*lines, "hosts: files", ""]))


def _plain(line: str) -> bool:
    address, _, name = line.partition(" ")
    return bool(name) and address != name and not any(sign.isspace() or sign == "#" for sign in name)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except OSError:
        return ""


def _write(path: str, text: str) -> None:
    try:
        _fill(path, text)
    except PermissionError:
        # An ordinary user may not write the system's files, but show another at their place.
        _fill(_ASIDE, text)
        namespaces.mount(_ASIDE, path, flags=namespaces.BIND)
        os.unlink(_ASIDE)


def _fill(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as stream:
        stream.write(text)
