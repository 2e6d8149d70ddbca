"""A name of a site that no request can have."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Address, Configuration, Host
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each ServerName with a path, and each ServerAlias with a scheme, port, path or comma."""
    hosts = [host for host in configuration.hosts if host.active is not False]
    for number, host in enumerate(hosts):
        is_asked_first = not all(any(_shares(address, one) for one in hosts[:number]) for address in host.addresses)
        named = (*host.named("ServerName"), *host.named("ServerAlias"))
        right = {name.lower() for each in named for name in each.arguments if _plain(each, name) is None}
        for statement in named:
            for name in statement.arguments[: 1 if statement.key == "servername" else None]:
                plain = _plain(statement, name)
                if plain is None or not statement.certain or set(plain) <= right:
                    continue
                yield Hit(
                    at=statement,
                    message=f"{name} is taken as it stands, and no request is for such a host",
                    remedy=f"Write {statement.name} {' '.join(plain)}.",
                    severity=Severity.WARNING if is_asked_first else None,
                )


def _shares(address: Address, host: Host) -> bool:
    return any((each.host, each.port) == (address.host, address.port) for each in host.addresses)


def _plain(statement: Statement, name: str) -> list[str] | None:
    """The names that are meant, None where there is nothing wrong with what is written."""
    alias = statement.key == "serveralias"
    _, mark, rest = name.partition("://")
    host = rest if mark else name
    if "${" in name or not ("/" in host or "," in host or (alias and (mark or _port(host)))):
        return None
    host = host.partition("/")[0]
    if alias and _port(host):
        host = host.rpartition(":")[0]
    return [one.lower() for one in host.split(",") if one]


def _port(host: str) -> bool:
    _, mark, port = host.rpartition(":")
    return bool(mark) and port.isdigit() and host.count(":") == 1


_FIRST = "<VirtualHost *:80>\n    ServerName x.example\n</VirtualHost>\n"

RULE = Rule(
    id="server-name-form",
    group="sites",
    severity=Severity.ERROR,
    title="A name with more than the name in it",
    why="httpd compares the names of a virtual host with the host that a browser asks for. `www.example.com/` and, in "
    "`ServerAlias`, `http://www.example.com` or `www.example.com,example.com` are equal to none, so another site "
    "answers.",
    remedy="Write the name alone, and several names with spaces between them.",
    symptoms=(Symptom.WRONG_SITE,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#serveralias",
    good=(
        Case(
            text="<VirtualHost *:80>\n    ServerName http://www.example.com:80\n"
            "    ServerAlias example.com *.example.com\n</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(text=f"{_FIRST}<VirtualHost *:80>\n    ServerName www.example.com/\n</VirtualHost>\n"),
        Case(
            text=f"{_FIRST}<VirtualHost *:80>\n    ServerName a.example\n    ServerAlias http://b.example\n</VirtualHost>\n"
        ),
        Case(
            text="<VirtualHost *:80>\n    ServerName a.example\n    ServerAlias b.example,c.example\n</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
