"""ProxyPassReverse for another address than ProxyPass."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.proxying import EXCLUDED, Pass
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each ProxyPassReverse whose address no ProxyPass for the same path has, where there is one for that path."""
    found = [one for one in proxying.passes(configuration) if one.target != EXCLUDED and not one.in_location]
    reverse = [
        each
        for each in configuration.named("ProxyPassReverse")
        if each.certain and len(each.arguments) > 1 and not each.context.inner
    ]
    forward: dict[tuple[int, str | None], list[Pass]] = {}
    for one in found:
        forward.setdefault((id(one.server), one.path), []).append(one)
    beside: dict[tuple[int, str], list[Statement]] = {}
    for each in reverse:
        beside.setdefault((id(each.context.host), each.argument), []).append(each)
    for statement in reverse:
        path, address = statement.arguments[:2]
        same = forward.get((id(statement.context.host), path), [])
        if not same or any(_fits(one, address) for one in same):
            continue
        others = beside[id(statement.context.host), path]
        if any(_fits(same[0], other.arguments[1]) for other in others if other is not statement):
            continue  # it is one of several, each for what the backend may call itself
        yield Hit(
            at=statement,
            message=f"redirects of {same[0].target} are not rewritten: this is about {address}",
            remedy=f"Write ProxyPassReverse {path} {same[0].target}.",
            related=(Related(position=same[0].statement.position, text="requests are passed on here"),),
        )


def _fits(one: Pass, address: str) -> bool:
    """Whether it is about the same backend; of balancers that is left to httpd."""
    if "balancer" in (proxying.scheme_of(one.target), proxying.scheme_of(address)) or "$" in address:
        return True
    return _origin(one.target) == _origin(address) or not address.lower().startswith(("http://", "https://"))


def _origin(address: str) -> str:
    return "/".join(address.lower().split("/", 3)[:3])


RULE = Rule(
    id="proxypassreverse-other-target",
    group="proxy",
    severity=Severity.WARNING,
    title="ProxyPassReverse for another backend",
    why="A backend that redirects names its own address, and `ProxyPassReverse` puts that of the site in its place. It "
    "does so only for the address that it names: with another port or protocol than in `ProxyPass` visitors are sent "
    "to the backend itself, which they cannot reach.",
    remedy="Name in `ProxyPassReverse` the same address as in `ProxyPass`.",
    symptoms=(Symptom.REDIRECTS,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxypassreverse",
    good=(
        Case(text="ProxyPass /app http://127.0.0.1:9000/app\nProxyPassReverse /app http://127.0.0.1:9000/app\n"),
        Case(text="ProxyPass /app balancer://app/\nProxyPassReverse /app http://192.0.2.1/\n"),
        Case(
            text="ProxyPass / http://127.0.0.1:9000/\nProxyPassReverse / http://127.0.0.1:9000/\n"
            "ProxyPassReverse / http://app.example.test/\n"
        ),
    ),
    bad=(Case(text="ProxyPass /app http://127.0.0.1:9001/app\nProxyPassReverse /app http://127.0.0.1:9000/app\n"),),
    check=check,
)
