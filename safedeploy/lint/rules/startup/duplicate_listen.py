"""Two Listen that take each other's port."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Address, Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Listen whose port an earlier one has taken."""
    earlier: list[tuple[Statement, Address]] = []
    for statement, address in configuration.listens:
        if not statement.certain or statement.active is not True or address.port is None:
            continue
        for first, other in earlier:
            what = _clash(address, other)
            if what:
                yield Hit(
                    at=statement,
                    message=what.format(port=address.port, host=address.host, other=other.host),
                    related=(
                        Related(position=first.position, text=f"the port is taken here: Listen {first.argument}"),
                    ),
                )
                break
        earlier.append((statement, address))


def _clash(one: Address, other: Address) -> str:
    if one.port != other.port:
        return ""
    if _host(one) == _host(other):
        return "port {port} is listened on twice"
    if (_is_one(one) and other.host == "*") or (_is_one(other) and one.host == "*"):
        return "port {port} of {host} and of {other} cannot both be listened on: one includes the other"
    return ""


def _host(address: Address) -> str:
    """The address itself; all IPv4 addresses are told from all addresses."""
    return "0.0.0.0" if address.text.startswith("0.0.0.0") else address.host.strip("[]").lower()  # noqa: S104 - a text


def _is_one(address: Address) -> bool:
    """Whether it is a single address. httpd itself sees to it that 0.0.0.0 and all addresses go together."""
    try:
        return not ipaddress.ip_address(_host(address)).is_unspecified
    except ValueError:
        return False


RULE = Rule(
    id="duplicate-listen",
    group="startup",
    severity=Severity.ERROR,
    title="Two Listen take each other's port",
    why="httpd refuses two `Listen` of the same address and port. One for all addresses and one for a single address "
    "pass its test and then cannot both be bound: the server ends at the next start, or at a reload.",
    remedy="Keep one of them. Virtual hosts need no `Listen` of their own.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/bind.html",
    good=(
        Case(text="Listen 80\nListen 443\n"),
        Case(text="Listen 192.0.2.1:80\nListen 192.0.2.2:80\n"),
        Case(text="Listen 80\nListen 0.0.0.0:80\n"),
    ),
    bad=(Case(text="Listen 80\nListen 443\nListen *:80\n"), Case(text="Listen 80\nListen 127.0.0.1:80\n")),
    check=check,
    profile=Profile.MINIMAL,
)
