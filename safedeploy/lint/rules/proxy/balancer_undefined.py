"""A balancer that has no members."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Enclosing, Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each target balancer://NAME without a member of that name in the same server or in the main one."""
    if configuration.module("proxy_balancer_module") is False or configuration.is_part:
        return
    defined = [found for member in configuration.named("BalancerMember") for found in _defined(member)]
    if any(name is None for name, _ in defined) or configuration.named("ProxyExpressEnable"):
        return
    for one in proxying.passes(configuration):
        name = proxying.host_of(one.target)
        if proxying.scheme_of(one.target) != "balancer" or name is None:
            continue
        known = {str(other) for other, server in defined if server in (None, one.server)}
        if name not in known and not any(word.lower().startswith("growth=") for word in one.settings):
            meant = nearest(name, sorted(known))
            yield Hit(
                at=one.statement,
                message=f"balancer://{name} has no members here: every request that it is for gets a 503",
                remedy=f"Write balancer://{meant}." if meant else None,
                severity=None if configuration.complete or meant else Severity.WARNING,
            )


def _defined(member: Statement) -> Iterator[tuple[str | None, Enclosing | None]]:
    """The balancer that a member belongs to, None where it is not known, and the server."""
    section = member.context.within("proxy")
    name = section.arguments[0] if section is not None and section.arguments else member.argument
    yield proxying.host_of(name) if member.certain else None, member.context.host


RULE = Rule(
    id="balancer-undefined",
    group="proxy",
    severity=Severity.ERROR,
    title="A balancer without members",
    why="`balancer://NAME` is a name and no address: the backends behind it are the `BalancerMember` lines of the "
    "section `<Proxy balancer://NAME>`. Where there is none of that very name httpd starts all the same, and answers "
    "every request with a 503.",
    remedy="Write `<Proxy balancer://NAME>` with its `BalancerMember` lines, or correct the name.",
    symptoms=(Symptom.ERROR_502,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#balancermember",
    good=(
        Case(
            text="<Proxy balancer://app>\n    BalancerMember http://192.0.2.1:8080\n</Proxy>\n"
            "ProxyPass /app balancer://App/app\n"
        ),
        Case(text="BalancerMember balancer://app http://192.0.2.1:8080\nProxyPass /app balancer://app/app\n"),
    ),
    bad=(
        Case(
            text="<Proxy balancer://backend>\n    BalancerMember http://192.0.2.1:8080\n</Proxy>\n"
            "ProxyPass /app balancer://backends/app\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
