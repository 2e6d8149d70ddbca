"""ProxyPass behind another one that takes its requests."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.proxying import EXCLUDED, Pass
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each ProxyPass that stands behind one of the same server for a shorter path, or for the same."""
    before: dict[int, list[Pass]] = {}
    for one in proxying.passes(configuration):
        if one.in_location:
            continue
        earlier = before.setdefault(id(one.server), [])
        taker = _taker(one, earlier)
        if taker is not None and not _comes_to_the_same(taker, one):
            yield Hit(
                at=one.statement,
                message=_message(one, taker),
                remedy=f"Put it before the {taker.statement.name} for {taker.statement.argument}.",
                related=(Related(position=taker.statement.position, text=f"{taker.statement.name} stands here"),),
            )
        if one.statement.active is True and proxying.scheme_of(one.target) not in ("ws", "wss"):
            earlier.append(one)


def _taker(one: Pass, earlier: list[Pass]) -> Pass | None:
    if one.path is None:
        return next((other for other in earlier if other.path == "/"), None)
    return next((other for other in earlier if other.takes(one.path)), None)


def _comes_to_the_same(taker: Pass, one: Pass) -> bool:
    """Whether a request goes to the same address either way."""
    if EXCLUDED in (taker.target, one.target):
        return taker.target == one.target
    if taker.path is None or one.path is None or taker.statement.key != "proxypass":
        return taker.target.split("$")[0] == one.target.split("$")[0]
    return taker.target + one.path[len(taker.path) :] == one.target


def _message(one: Pass, taker: Pass) -> str:
    path = one.statement.argument
    if one.target == EXCLUDED:
        return f"{path} is not left out: the {taker.statement.name} for {taker.statement.argument} comes first"
    to = "is left out" if taker.target == EXCLUDED else f"goes to {taker.target}"
    return f"{path} {to} and never reaches {one.target}: {taker.statement.argument} comes first"


RULE = Rule(
    id="proxypass-shadowed",
    group="proxy",
    severity=Severity.ERROR,
    title="ProxyPass behind one that takes its requests",
    why="httpd goes through the `ProxyPass` lines of a server from top to bottom and takes the first that fits. One "
    "for `/` fits everything: a longer path behind it, or an exclusion with `!`, is never looked at, and its requests "
    "go to the wrong backend, which mostly answers with a 404.",
    remedy="Put longer paths and exclusions first, and `/` last.",
    symptoms=(Symptom.ERROR_404, Symptom.WRONG_CONTENT, Symptom.NO_EFFECT),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxypass",
    good=(
        Case(text='ProxyPass "/static/" !\nProxyPass "/" "http://127.0.0.1:9000/"\n'),
        Case(text='ProxyPass "/app/" "http://127.0.0.1:9000/"\nProxyPass "/application/" "http://127.0.0.1:9001/"\n'),
        Case(text='ProxyPass "/" "http://127.0.0.1:9000/"\nProxyPass "/slow" "http://127.0.0.1:9000/slow" timeout=9\n'),
        Case(text='ProxyPass "/" "http://127.0.0.1:9000/"\n<Location "/static">\n    ProxyPass "!"\n</Location>\n'),
    ),
    bad=(
        Case(text='ProxyPass "/" "http://127.0.0.1:9000/"\nProxyPass "/static/" !\n'),
        Case(text='ProxyPass "/app" "http://127.0.0.1:9000/"\nProxyPass "/app/api" "http://127.0.0.1:9001/"\n'),
        Case(text='ProxyPassMatch "^/(.*)$" "http://127.0.0.1:9000/$1"\nProxyPass "/static" !\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
