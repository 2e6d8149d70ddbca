"""Reads what httpd says of itself: -V, -M, -t -D DUMP_RUN_CFG, DUMP_VHOSTS and DUMP_INCLUDES.

Pure: text in, values out. Lines that are not understood (warnings on standard error come between) are skipped.
Format source: server/vhost.c, server/core.c, modules/core/mod_so.c and server/main.c of httpd 2.4.
"""

from __future__ import annotations

import re

from .later import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

_PLACE = r"\((?P<file>.*):(?P<line>\d+)\)"
_SINGLE = regex(r"^(?P<address>\S+):(?P<port>\d+|\*)\s+(?P<name>\S+) " + _PLACE + r"$")
_NAMED = regex(r"^(?P<address>\S+):(?P<port>\d+|\*)\s+is a NameVirtualHost$")
_HOST = regex(r"^ +port (?P<port>\d+|\*) namevhost (?P<name>\S+) " + _PLACE + r"$")
_ALIAS = regex(r"^ +(?:wild )?alias (?P<name>\S+)$")
_RUN_CFG = regex(r'^(?P<key>[A-Z][A-Za-z ]*?): "(?P<value>.*)"$')
_IDENTITY = regex(r'^(?P<key>User|Group): name="(?P<name>[^"]*)" id=(?P<id>\d+)')
_DEFINE = regex(r"^Define: (?P<name>[^=\s]+)")
_MODULE = regex(r"^ (?P<name>\w+) \((?P<kind>static|shared)\)$")
_INCLUDE = regex(r"^ +\((?:\*|\d+)\) (?P<path>.+)$")
_BUILD = regex(r'^ -D (?P<key>\w+)="(?P<value>.*)"$')
_VERSION = regex(r"^Server version: Apache/(?P<version>\S+)")


class VirtualHost:
    """One virtual host at one address. `address` is "*" for any, `port` is 0 for any; it begins at `file`:`line`."""

    def __init__(self, address: str, port: int, name: str, place: tuple[str, int]) -> None:
        self.address = address
        self.port = port
        self.name = name
        self.file, self.line = place
        self.aliases: list[str] = []


def virtual_hosts(text: str) -> list[VirtualHost]:
    """The virtual hosts of a DUMP_VHOSTS, in its order."""
    found: list[VirtualHost] = []
    address = "*"
    for line in text.splitlines():
        named = _NAMED.match(line)
        single = _SINGLE.match(line)
        host = _HOST.match(line)
        alias = _ALIAS.match(line)
        if named:
            address = _address(named.group("address"))
        elif single:
            found.append(_virtual_host(_address(single.group("address")), single))
        elif host:
            found.append(_virtual_host(address, host))
        elif alias and found:
            found[-1].aliases.append(alias.group("name"))
    return found


def run_cfg(text: str) -> dict[str, str]:
    """The settings of a DUMP_RUN_CFG by name: ServerRoot, "Main ErrorLog", PidFile, User, Group and so on."""
    found = {match.group("key"): match.group("value") for match in _matches(_RUN_CFG, text)}
    found.update({match.group("key"): match.group("name") for match in _matches(_IDENTITY, text)})
    return found


def defines(text: str) -> list[str]:
    """The names that a DUMP_RUN_CFG shows as defined, by -D or by Define."""
    return [match.group("name") for match in _matches(_DEFINE, text)]


def modules(text: str) -> list[str]:
    """The names of the modules of a -M, such as `mpm_event_module`."""
    return [match.group("name") for match in _matches(_MODULE, text)]


def built_in(text: str) -> list[str]:
    """The names of the modules of a -M that are part of the binary."""
    return [match.group("name") for match in _matches(_MODULE, text) if match.group("kind") == "static"]


def includes(text: str) -> list[str]:
    """The configuration files of a DUMP_INCLUDES, the main one first."""
    return [match.group("path") for match in _matches(_INCLUDE, text)]


def build(text: str) -> dict[str, str]:
    """What a -V tells: `version`, and the quoted defaults such as HTTPD_ROOT, SERVER_CONFIG_FILE and DEFAULT_PIDLOG."""
    found = {match.group("key"): match.group("value") for match in _matches(_BUILD, text)}
    for match in _matches(_VERSION, text):
        found["version"] = match.group("version")
    return found


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for line in text.splitlines():
        match = pattern.match(line)
        if match:
            yield match


def _virtual_host(address: str, match: re.Match[str]) -> VirtualHost:
    port = match.group("port")
    place = (match.group("file"), int(match.group("line")))
    return VirtualHost(address, 0 if port == "*" else int(port), match.group("name"), place)


def _address(text: str) -> str:
    return text[1:-1] if text.startswith("[") else text
