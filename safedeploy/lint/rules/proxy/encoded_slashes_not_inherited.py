"""AllowEncodedSlashes of the main server, which virtual hosts do not take over."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

DIRECTIVE = "AllowEncodedSlashes"


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """The main server's, when no virtual host has one of its own and nothing else answers."""
    hosts = [host for host in configuration.hosts if host.active is not False]
    if not hosts or any(host.named(DIRECTIVE) for host in hosts):
        return
    for statement in configuration.named(DIRECTIVE):
        if statement.context.host is None and statement.certain and statement.argument.lower() in ("on", "nodecode"):
            yield Hit(
                at=statement,
                message=f"no virtual host takes {DIRECTIVE} {statement.argument} over: they refuse addresses with %2F",
                severity=None if _all_covered(configuration) else Severity.WARNING,
            )


def _all_covered(configuration: Configuration) -> bool:
    """Whether there is a virtual host on every port, so that the main server answers nothing."""
    addresses = [address for host in configuration.hosts if host.active for address in host.addresses]
    everywhere = {address.port for address in addresses if address.host == "*"}
    return bool(configuration.listens) and all(
        address.port in everywhere or None in everywhere for _, address in configuration.listens
    )


RULE = Rule(
    id="encoded-slashes-not-inherited",
    group="proxy",
    severity=Severity.ERROR,
    title="AllowEncodedSlashes outside the virtual hosts that need it",
    why="httpd answers an address with an encoded slash (`%2F`) with a 404 of its own, unless `AllowEncodedSlashes` "
    "says otherwise. Virtual hosts do not take that over from the main server: set once for all, it holds for none "
    "of them, and an application that has such names in its addresses, such as an API, loses these pages.",
    remedy="Write `AllowEncodedSlashes` in each virtual host that needs it.",
    symptoms=(Symptom.ERROR_404, Symptom.NO_EFFECT),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#allowencodedslashes",
    good=(
        Case(text="Listen 80\nAllowEncodedSlashes On\n"),
        Case(text="Listen 80\n<VirtualHost *:80>\n    AllowEncodedSlashes NoDecode\n</VirtualHost>\n"),
        Case(
            text="Listen 80\nAllowEncodedSlashes On\n<VirtualHost *:80>\n    AllowEncodedSlashes On\n</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(text="Listen 80\nAllowEncodedSlashes NoDecode\n<VirtualHost *:80>\n</VirtualHost>\n"),
        Case(text="Listen 80\nListen 81\nAllowEncodedSlashes On\n<VirtualHost *:80>\n</VirtualHost>\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
