"""Virtual hosts: their addresses and names, and the addresses of Listen.

Source: https://github.com/apache/httpd/blob/2.4.x/server/vhost.c
"""

from __future__ import annotations

from collections.abc import Iterable

from safedeploy.lint.resolve.configuration import Address, Host
from safedeploy.lint.resolve.statement import Statement


def address(text: str) -> Address:
    """An address as VirtualHost and Listen take it: `*:80`, `[::1]:443`, `_default_:443`, `80`, `name`, `1.2.3.4`."""
    host, port = text, ""
    if _is_number(text):
        host, port = "*", text
    elif (colon := text.rfind(":")) > text.rfind("]") and (text.startswith("[") or text.count(":") == 1):
        host, port = text[:colon], text[colon + 1 :]
    if host.lower() in ("_default_", "", "0.0.0.0"):  # noqa: S104 - a name for any address, bound to by nobody here
        host = "*"
    return Address(text=text, host=host.lower(), port=int(port) if _is_number(port) else None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def host_name(text: str) -> str:
    """A name as ServerName and ServerAlias take it, without scheme and port, in lower case."""
    name = text.partition("://")[2] or text
    return name.partition(":")[0].lower()


def hosts(statements: Iterable[Statement]) -> tuple[Host, ...]:
    """The virtual hosts in order, those under conditions that do not hold included."""
    begun: list[Statement] = []
    inside: dict[int, list[Statement]] = {}
    for statement in statements:
        if statement.key == "virtualhost" and statement.section is not None:
            begun.append(statement)
            inside[id(statement.section)] = []
        if (section := statement.context.host) is not None:
            inside[id(section)].append(statement)
    return tuple(_host(each, inside[id(each.section)]) for each in begun)


def _host(begun: Statement, inside: list[Statement]) -> Host:
    own = [each for each in inside if each.active is not False and not each.context.inner]
    server_name = next((each for each in reversed(own) if each.key == "servername" and each.arguments), None)
    aliases = [name for each in own if each.key == "serveralias" for name in each.arguments]
    return Host(
        statement=begun,
        addresses=tuple(address(text) for text in begun.arguments),
        name=host_name(server_name.argument) if server_name else None,
        aliases=tuple(host_name(name) for name in aliases),
        statements=tuple(inside),
        server_name=server_name,
    )
