"""The pages about the server itself, for everybody."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import openness
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom
from safedeploy.lint.servers import Server, servers

PAGES = {
    "server-status": "what everybody asks this server for",
    "server-info": "the whole configuration",
    "balancer-manager": "a page to switch backends off",
    "ldap-status": "the state of the directory service",
}
LOOPBACK = ("127.", "[::1]", "localhost")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each of these handlers in a location that nothing closes for strangers, in some server."""
    if configuration.is_part:
        return
    if configuration.listens and all(address.host.startswith(LOOPBACK) for _, address in configuration.listens):
        return
    for statement in configuration.named("SetHandler"):
        what = PAGES.get(statement.argument.lower())
        location = statement.context.within("location")
        if what is None or location is None or len(location.arguments) != 1 or not statement.certain:
            continue
        address = location.arguments[0]
        if any(_is_open(configuration, server, statement, address) for server in servers(configuration)):
            yield Hit(at=statement, message=f"{address} shows {what} to everybody")


def _is_open(configuration: Configuration, server: Server, statement: Statement, address: str) -> bool:
    if statement not in server.statements or (server.host is None and configuration.hosts):
        return False
    if server.host is not None and all(one.host.startswith(LOOPBACK) for one in server.host.addresses):
        return False
    root = server.document_root
    directory = root.arguments[0].rstrip("/") if root is not None else "/nowhere"
    return openness.is_open(configuration, server, address, f"{directory}{address}")


RULE = Rule(
    id="status-open",
    group="exposure",
    severity=Severity.WARNING,
    title="Pages about the server itself, for everybody",
    why="server-status shows the addresses that visitors ask for, with what is secret in them, and who they are; "
    "server-info shows the configuration; balancer-manager changes it. Programs ask every server for these pages.",
    remedy="Add `Require local` or `Require ip` with your own network to the section.",
    symptoms=(Symptom.EXPOSED,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_status.html#enable",
    good=(
        Case(
            text="Listen 80\n<Location /server-status>\n    SetHandler server-status\n    Require local\n</Location>\n"
        ),
        Case(text="Listen 127.0.0.1:80\n<Location /server-status>\n    SetHandler server-status\n</Location>\n"),
        Case(
            text="Listen 80\n<Location /server-status>\n    SetHandler server-status\n</Location>\n<Location />\n"
            "    Require ip 192.0.2.0/24\n</Location>\n"
        ),
    ),
    bad=(
        Case(text="Listen 80\n<Location /server-status>\n    SetHandler server-status\n</Location>\n"),
        Case(
            text="Listen 80\n<Location /server-info>\n    SetHandler server-info\n    Require all granted\n"
            "</Location>\n"
        ),
    ),
    check=check,
)
