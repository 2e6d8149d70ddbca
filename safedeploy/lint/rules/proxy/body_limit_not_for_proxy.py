"""LimitRequestBody where every request is passed on to a backend."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.proxying import EXCLUDED, Pass
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each LimitRequestBody of a virtual host, or of a location in it, of which all is passed on."""
    found = list(proxying.passes(configuration))
    for statement in configuration.named("LimitRequestBody"):
        if not statement.certain or not statement.argument.isdigit() or int(statement.argument) == 0:
            continue
        taker = _taker(statement, found)
        if taker is not None:
            yield Hit(
                at=statement,
                message=f"requests that are passed on to {taker.target} may be larger than {statement.argument} bytes",
                related=(Related(position=taker.statement.position, text="they are passed on here"),),
            )


def _taker(statement: Statement, passes: list[Pass]) -> Pass | None:
    """What passes on everything that the limit is for."""
    inner = statement.context.inner
    if len(inner) > 1 or (statement.context.host is None and not inner) or statement.context.htaccess is not None:
        return None
    path = "/"
    if inner:
        if inner[0].key != "location" or len(inner[0].arguments) != 1:
            return None
        path = inner[0].arguments[0]
    return next(
        (
            one
            for one in passes
            if one.server is statement.context.host
            and one.takes(path)
            and one.target != EXCLUDED
            and one.statement.active is True
            and proxying.scheme_of(one.target) in ("http", "https")
        ),
        None,
    )


RULE = Rule(
    id="body-limit-not-for-proxy",
    group="proxy",
    severity=Severity.ERROR,
    title="LimitRequestBody for requests that are passed on",
    why="What mod_proxy passes on to a backend is not held to `LimitRequestBody`: the backend gets the whole body, "
    "however large it is, and the protection that the line promises is not there.",
    remedy="Limit it in the backend, or refuse here with "
    '`<If "%{HTTP:Content-Length} -gt 1048576">` and `Require all denied`, and remove this line.',
    symptoms=(Symptom.NO_EFFECT, Symptom.EXPOSED),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestbody",
    good=(
        Case(text="<VirtualHost *:80>\n    LimitRequestBody 1048576\n    DocumentRoot /srv/www\n</VirtualHost>\n"),
        Case(
            text="<VirtualHost *:80>\n    LimitRequestBody 1048576\n    ProxyPass /api http://127.0.0.1:9000\n"
            "</VirtualHost>\n"
        ),
        Case(
            text="<VirtualHost *:80>\n    LimitRequestBody 0\n    ProxyPass / http://127.0.0.1:9000/\n</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(
            text="<VirtualHost *:80>\n    LimitRequestBody 1048576\n    ProxyPass / http://127.0.0.1:9000/\n"
            "</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
