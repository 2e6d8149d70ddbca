"""A forward proxy that anyone may use."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Context, Enclosing, Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# What lets a forward proxy pass requests on.
SCHEMES = ("proxy_http_module", "proxy_connect_module", "proxy_ftp_module", "proxy_http2_module")
RESTRICTING = ("require", "deny", "order", "authtype")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each ProxyRequests On without anything that restricts who may use it."""
    if configuration.module("proxy_module") is False:
        return
    if all(configuration.module(symbol) is False for symbol in SCHEMES):
        return
    for statement in configuration.named("ProxyRequests"):
        if statement.argument.lower() == "on" and statement.certain and not _restricted(configuration, statement):
            sure = configuration.complete and not _maybe(configuration)
            yield Hit(
                at=statement,
                message="anyone who reaches this server may send requests through it to any address",
                severity=None if sure else Severity.WARNING,
            )


def _restricted(configuration: Configuration, statement: Statement) -> bool:
    """Whether a <Proxy> for everything, of the same server or of the main one, says who may."""
    hosts = (None, statement.context.host)
    return any(
        _is_limited(configuration, each.section)
        for each in configuration.named("Proxy", "ProxyMatch")
        if each.section is not None and each.context.host in hosts
    )


def _is_limited(configuration: Configuration, section: Enclosing) -> bool:
    return any(
        each.key in RESTRICTING and [word.lower() for word in each.arguments[:2]] != ["all", "granted"]
        for each in configuration.inside(section)
        if each.active is not False
    )


def _maybe(configuration: Configuration) -> bool:
    """Whether something else may restrict it: access control for everything, or a rewrite rule that refuses."""
    return any(_is_wide(each.context) for each in configuration.named(*RESTRICTING)) or any(
        "F" in _flags(each) for each in configuration.named("RewriteRule")
    )


def _is_wide(context: Context) -> bool:
    """Whether a section may hold for requests that are to be passed on: those of single paths do not."""
    location = context.within("location")
    if location is not None:
        return location.arguments[:1] in (("~",), ("/",), ("*",))
    return context.within("locationmatch", "if", "elseif", "else") is not None


def _flags(rule: Statement) -> list[str]:
    last = rule.arguments[2] if len(rule.arguments) > 2 else ""
    return [flag.strip() for flag in last.strip("[]").replace("forbidden", "F").split(",")]


RULE = Rule(
    id="open-proxy",
    group="exposure",
    severity=Severity.ERROR,
    title="A forward proxy that anyone may use",
    why="`ProxyRequests On` passes requests on to whatever address the visitor names. Within hours an open one is "
    "found and used for spam and attacks, also against machines that only this server reaches. A reverse proxy, made "
    "with `ProxyPass`, does not need it.",
    remedy='Remove `ProxyRequests On`, or say in `<Proxy "*">` who may use it.',
    symptoms=(Symptom.EXPOSED,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#access",
    good=(
        Case(text="ProxyRequests Off\n"),
        Case(
            text='ProxyRequests On\n<Proxy "*">\n    Require ip 192.0.2.0/24\n</Proxy>\n',
        ),
    ),
    bad=(
        Case(text="ProxyRequests On\n"),
        Case(
            text='ProxyRequests On\n<Proxy "*">\n    Require all granted\n</Proxy>\n',
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
