"""A whole site passed on to a backend that does not learn its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.proxying import Pass
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

_NO_NAME = re.compile(r"localhost|[\d.]+|\[.*\]")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each ProxyPass of a named site as a whole to an address without a name, where nothing tells it the site's."""
    if configuration.is_part:
        return
    names = {host.statement.section: host.name for host in configuration.hosts}
    telling = [each for each in configuration.named("ProxyPreserveHost", "RequestHeader") if _tells(each)]
    for one in proxying.passes(configuration):
        name = names.get(one.server)
        host = proxying.host_of(one.target)
        if one.path != "/" or name is None or host is None or not _NO_NAME.fullmatch(host):
            continue
        if proxying.scheme_of(one.target) not in ("http", "https"):
            continue
        if not any(each.context.host in (None, one.server) for each in telling):
            yield Hit(
                at=one.statement,
                message=f"the backend is asked for {_shown(one)} and does not learn that it is {name}",
            )


def _tells(statement: Statement) -> bool:
    if statement.key == "proxypreservehost":
        return statement.argument.lower() != "off"
    words = [word.lower().removesuffix(":") for word in statement.arguments]
    return any(word in ("host", "x-forwarded-host", "forwarded") for word in words[:3])


def _shown(one: Pass) -> str:
    return one.target.split("://", 1)[1].split("/", 1)[0]


RULE = Rule(
    id="preserve-host-off",
    group="proxy",
    severity=Severity.WARNING,
    title="A backend that does not learn the site's name",
    why="mod_proxy asks a backend with the name that stands in `ProxyPass`. An application that makes links, redirects "
    "or cookies from the name of the request then writes `127.0.0.1:9000` into its pages, which no visitor reaches.",
    remedy="Add `ProxyPreserveHost On`; where the application looks at X-Forwarded-Host alone, say so in a comment.",
    symptoms=(Symptom.WRONG_CONTENT, Symptom.REDIRECTS),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxypreservehost",
    good=(
        Case(
            text="<VirtualHost *:80>\n    ServerName app.example.test\n    ProxyPreserveHost On\n"
            "    ProxyPass / http://127.0.0.1:9000/\n</VirtualHost>\n"
        ),
        Case(
            text="<VirtualHost *:80>\n    ServerName app.example.test\n    ProxyPass / http://app.internal.test/\n"
            "</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(
            text="<VirtualHost *:80>\n    ServerName app.example.test\n    ProxyPass / http://127.0.0.1:9000/\n"
            "</VirtualHost>\n"
        ),
    ),
    check=check,
)
