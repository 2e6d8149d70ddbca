"""A virtual host of an address that takes what virtual hosts of any address are for."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Address, Configuration, Host
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each virtual host of one address at a port where others are of any address; an error where all arrive there."""
    hosts = [host for host in configuration.hosts if host.active is not False]
    for host in hosts:
        for address in host.addresses:
            if address.host in ("*", "localhost", "::1", "[::1]") or address.host.startswith(("127.", "[::1", "${")):
                continue
            others = [one for one in hosts if one is not host and _is_any(one, address) and not _has(one, address)]
            if len(others) == 1 and sum(_has(one, address) for one in hosts) > 1:
                continue  # that one is for all the other addresses
            if (
                not others
                or not host.statement.certain
                or _names(host) >= {name for one in others for name in _names(one)}
            ):
                continue
            alone = [listened for _, listened in configuration.listens if listened.port == address.port]
            only = bool(alone) and all(one.host == address.host for one in alone) and configuration.complete
            shown = ", ".join(sorted({one.name or "a site without a name" for one in others})[:3])
            yield Hit(
                at=host.statement,
                message=f"everything that arrives at {address.text} is answered here, and never by {shown}",
                severity=None if only and len(hosts) > 1 else Severity.WARNING,
                related=tuple(Related(position=one.position, text="not asked at this address") for one in others[:3]),
            )
            break


def _is_any(host: Host, address: Address) -> bool:
    return any(each.host == "*" and each.port in (address.port, None) for each in host.addresses)


def _has(host: Host, address: Address) -> bool:
    return any((each.host, each.port) == (address.host, address.port) for each in host.addresses)


def _names(host: Host) -> set[str]:
    return {name for name in (host.name, *host.aliases) if name}


RULE = Rule(
    id="address-over-names",
    group="sites",
    severity=Severity.ERROR,
    title="A virtual host of one address takes all requests for it",
    why="httpd looks for the address first and for names only among the virtual hosts of that address. One "
    "`<VirtualHost 192.0.2.1:80>` beside sites of `*:80` answers for all of them to everybody who comes by that "
    "address, which is often the only one.",
    remedy="Write `*` as the others do, or give the address to every site that shall answer there.",
    symptoms=(Symptom.WRONG_SITE,),
    source="https://httpd.apache.org/docs/2.4/vhosts/details.html",
    good=(
        Case(
            text="Listen 80\n<VirtualHost *:80>\n    ServerName www.example.com\n</VirtualHost>\n"
            "<VirtualHost *:80>\n    ServerName blog.example.com\n</VirtualHost>\n"
        ),
        Case(
            text="Listen 80\n<VirtualHost *:80>\n    ServerName www.example.com\n</VirtualHost>\n"
            "<VirtualHost 127.0.0.1:80>\n    ServerName status.example.com\n</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(
            text="Listen 192.0.2.1:80\n<VirtualHost *:80>\n    ServerName www.example.com\n</VirtualHost>\n"
            "<VirtualHost 192.0.2.1:80>\n    ServerName blog.example.com\n</VirtualHost>\n"
        ),
        Case(
            text="Listen 80\n<VirtualHost *:80>\n    ServerName www.example.com\n</VirtualHost>\n"
            "<VirtualHost 192.0.2.1:80>\n    ServerName blog.example.com\n</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
