"""A balancer whose way of choosing a backend is in no module."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge.modules import advice
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

KNOWN = ("byrequests", "bytraffic", "bybusyness", "heartbeat")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each lbmethod of a module that is not loaded; without any, the first balancer that needs byrequests."""
    if configuration.module("proxy_balancer_module") is not True:
        return
    named = [
        (statement, method)
        for statement in configuration.named("ProxyPass", "ProxySet", "Proxy", "BalancerMember")
        if statement.certain and (method := _method(statement)) is not None
    ]
    for statement, method in named:
        if method in KNOWN and configuration.module(f"lbmethod_{method}_module") is False:
            yield _hit(statement, method)
    balancers = [one for one in configuration.named("Proxy") if one.argument.lower().startswith("balancer://")]
    if balancers and not named and configuration.module("lbmethod_byrequests_module") is False:
        yield _hit(balancers[0], "byrequests")


def _method(statement: Statement) -> str | None:
    for word in statement.arguments:
        name, _, value = word.partition("=")
        if name.lower() == "lbmethod":
            return value
    return None


def _hit(statement: Statement, method: str) -> Hit:
    text = advice(f"lbmethod_{method}_module")
    return Hit(
        at=statement,
        message=f"the balancer chooses by {method}, and mod_lbmethod_{method} is not loaded",
        remedy=f"{text[0].upper()}{text[1:]}.",
    )


RULE = Rule(
    id="balancer-method-missing",
    group="startup",
    severity=Severity.ERROR,
    title="A balancer's method is in no module",
    why="How a balancer chooses among its backends is in a module of its own since httpd 2.4, also the way that is "
    "taken when none is named. Without it the test of the configuration passes, and httpd ends at the next start "
    "because it cannot find the method (AH02432).",
    remedy="Load mod_lbmethod_byrequests, or the module of the method that is named.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_lbmethod_byrequests.html",
    good=(
        Case(text="<Proxy balancer://app>\n    BalancerMember http://192.0.2.1\n</Proxy>\n"),
        Case(
            text="<Proxy balancer://app>\n    BalancerMember http://192.0.2.1\n    ProxySet lbmethod=bybusyness\n"
            "</Proxy>\n",
            modules=("proxy_module", "proxy_balancer_module", "slotmem_shm_module", "lbmethod_bybusyness_module"),
        ),
    ),
    bad=(
        Case(
            text="<Proxy balancer://app>\n    BalancerMember http://192.0.2.1\n</Proxy>\n",
            modules=("proxy_module", "proxy_balancer_module", "slotmem_shm_module"),
        ),
        Case(
            text="ProxyPass /app balancer://app/ lbmethod=bytraffic\n",
            modules=("proxy_module", "proxy_balancer_module", "slotmem_shm_module", "lbmethod_byrequests_module"),
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
