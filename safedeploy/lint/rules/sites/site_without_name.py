"""A virtual host without ServerName behind others of its address."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Address, Configuration, Host
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each virtual host that has no name at all and is at none of its addresses the first."""
    hosts = [host for host in configuration.hosts if host.active is not False]
    for number, host in enumerate(hosts):
        if host.name is not None or host.aliases or not host.statement.certain:
            continue
        first = [
            next((one for one in hosts[:number] if one.active and _has(one, each)), None) for each in host.addresses
        ]
        taken = [one for one in first if one is not None]
        if not taken or len(taken) < len(first):
            continue
        answers = taken[0].name or "a site without a name"
        yield Hit(
            at=host.statement,
            message=f"no request is for this site: it has no ServerName, and {answers} is the first at "
            f"{host.addresses[0].text}",
        )


def _has(host: Host, address: Address) -> bool:
    return any((each.host, each.port) == (address.host, address.port) for each in host.addresses)


RULE = Rule(
    id="site-without-name",
    group="sites",
    severity=Severity.WARNING,
    title="A site without a name",
    why="Of several virtual hosts at one address httpd chooses by name, and asks the first where none fits. One "
    "without `ServerName` that is not the first has the server's own name at most, so hardly a visitor ever sees it.",
    remedy="Give it a `ServerName`.",
    symptoms=(Symptom.WRONG_SITE,),
    source="https://httpd.apache.org/docs/2.4/vhosts/name-based.html",
    good=(
        Case(
            text="<VirtualHost *:80>\n    DocumentRoot /srv/default\n</VirtualHost>\n"
            "<VirtualHost *:80>\n    ServerName www.example.com\n</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(
            text="<VirtualHost *:80>\n    ServerName www.example.com\n</VirtualHost>\n"
            "<VirtualHost *:80>\n    DocumentRoot /srv/blog\n</VirtualHost>\n"
        ),
    ),
    check=check,
)
