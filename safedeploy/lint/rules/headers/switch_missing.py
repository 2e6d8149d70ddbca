"""Settings of a feature that nothing switches on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


@dataclass(frozen=True, kw_only=True)
class Switch:
    """What switches a feature on: one of `directives` that is not `off`, or a filter. `write` is a way to do it."""

    directives: tuple[str, ...]
    write: str
    filter: str | None = None


_EXPIRES = Switch(directives=("expiresactive",), write="ExpiresActive On")
_REMOTE_IP = Switch(directives=("remoteipheader", "remoteipproxyprotocol"), write="RemoteIPHeader X-Forwarded-For")
SWITCHES = {
    "expiresbytype": _EXPIRES,
    "expiresdefault": _EXPIRES,
    "remoteipinternalproxy": _REMOTE_IP,
    "remoteipinternalproxylist": _REMOTE_IP,
    "remoteiptrustedproxy": _REMOTE_IP,
    "remoteiptrustedproxylist": _REMOTE_IP,
    "substitute": Switch(directives=(), write="AddOutputFilterByType SUBSTITUTE text/html", filter="substitute"),
}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """The first setting of each feature that is switched on nowhere, in no server and no .htaccess."""
    if configuration.is_part:
        return
    statements = list(reach.statements(configuration))
    told: set[str] = set()
    for statement, severity in statements:
        switch = SWITCHES.get(statement.key)
        if switch is None or statement.active is False or switch.write in told:
            continue
        if any(_switches_on(other, switch) for other, _ in statements if other.active is not False):
            continue
        told.add(switch.write)
        yield Hit(
            at=statement,
            message=f"{statement.name} has no effect: {' '.join(switch.write.split()[:2])} is nowhere",
            remedy=f"Add {switch.write}.",
            severity=severity,
        )


def _switches_on(statement: Statement, switch: Switch) -> bool:
    if statement.key in switch.directives:
        return statement.argument.lower() != "off"
    words = " ".join(statement.arguments).lower().replace(";", " ").split()
    return switch.filter is not None and "filter" in statement.key and switch.filter in words


RULE = Rule(
    id="switch-missing",
    group="headers",
    severity=Severity.WARNING,
    title="Settings of a feature that is not switched on",
    why="Some modules do nothing until one directive switches them on, and take all other directives without a word. "
    "Lifetimes for caches stay away without `ExpiresActive On`, and behind a balancer every visitor has the balancer's "
    "address in logs and access rules without `RemoteIPHeader`.",
    remedy="Add the directive that switches it on.",
    symptoms=(Symptom.NO_EFFECT, Symptom.WRONG_CONTENT),
    source="https://httpd.apache.org/docs/2.4/mod/mod_expires.html#expiresactive",
    good=(
        Case(text='ExpiresActive On\nExpiresByType text/css "access plus 1 day"\n'),
        Case(text="RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 192.0.2.1\n"),
        Case(text='AddOutputFilterByType INFLATE;SUBSTITUTE;DEFLATE text/html\nSubstitute "s/a/b/"\n'),
    ),
    bad=(
        Case(text='ExpiresByType text/css "access plus 1 day"\n'),
        Case(text='ExpiresActive Off\nExpiresDefault "access plus 1 day"\n'),
        Case(text="RemoteIPTrustedProxy 192.0.2.1\n"),
        Case(text='Substitute "s/a/b/"\n'),
    ),
    check=check,
)
