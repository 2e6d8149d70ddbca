"""A backend with https, and no SSLProxyEngine."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

ENCRYPTED = ("https", "wss", "h2")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each encrypted target of a server in which SSLProxyEngine is on nowhere."""
    if configuration.module("ssl_module") is False or configuration.is_part:
        return
    engines = configuration.named("SSLProxyEngine")
    for statement, target in proxying.targets(configuration):
        scheme = proxying.scheme_of(target)
        if scheme in ENCRYPTED and not any(_may_switch_on(engine, statement) for engine in engines):
            yield Hit(
                at=statement,
                message=f"{target} needs SSLProxyEngine On, which this server does not have",
                severity=None if configuration.complete else Severity.WARNING,
            )


def _may_switch_on(engine: Statement, statement: Statement) -> bool:
    """Whether it may hold for these requests: what the main server passes on, virtual hosts pass on too."""
    if engine.argument.lower() == "off":
        return False
    return None in (engine.context.host, statement.context.host) or engine.context.host is statement.context.host


RULE = Rule(
    id="sslproxyengine-missing",
    group="proxy",
    severity=Severity.ERROR,
    title="A backend with https, and SSLProxyEngine is not on",
    why="httpd speaks TLS to a backend only where `SSLProxyEngine` is on. Without it the configuration is accepted, "
    "and every request that is to be passed on gets a 500.",
    remedy="Write `SSLProxyEngine On` beside the `ProxyPass`, in the same virtual host.",
    symptoms=(Symptom.ERROR_500,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslproxyengine",
    good=(
        Case(text="SSLProxyEngine On\nProxyPass /app https://backend.example.test\n"),
        Case(
            text="SSLProxyEngine On\n<VirtualHost *:80>\n    ProxyPass /app https://backend.example.test\n"
            "</VirtualHost>\n"
        ),
        Case(text="ProxyPass /app http://backend.example.test\n"),
        Case(
            text="ProxyPass /app https://backend.example.test\n<Proxy https://backend.example.test>\n"
            "    SSLProxyEngine On\n</Proxy>\n"
        ),
    ),
    bad=(
        Case(text="ProxyPass /app https://backend.example.test\n"),
        Case(
            text="<VirtualHost *:80>\n    ProxyPass /app https://backend.example.test\n</VirtualHost>\n"
            "<VirtualHost *:81>\n    SSLProxyEngine On\n</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
