"""Times that a slow backend or a slow line exceeds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

SHORT = 5
_BODY = re.compile(r"\bbody=(\d+)(?!\d)(?!-)(?!,)", re.IGNORECASE)


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each time of less than five seconds for an answer of a backend, or for all of a visitor's upload."""
    for statement in configuration.named("Timeout", "ProxyTimeout"):
        if statement.certain and statement.argument.isdigit() and 0 < int(statement.argument) < SHORT:
            yield Hit(at=statement, message=f"whatever takes longer than {statement.argument} s is cut off")
    for one in proxying.passes(configuration):
        for word in one.settings:
            name, _, value = word.partition("=")
            if name.lower() == "timeout" and value.isdigit() and 0 < int(value) < SHORT:
                yield Hit(
                    at=one.statement, message=f"an answer of {one.target} that takes longer than {value} s is a 504"
                )
    for statement in configuration.named("RequestReadTimeout"):
        match = _BODY.search(" ".join(statement.arguments))
        if match and statement.certain and 0 < int(match[1]) < SHORT:
            yield Hit(
                at=statement,
                message=f"an upload that takes longer than {match[1]} s is cut off, however fast it goes",
                remedy=f"Write body={SHORT * 4},MinRate=500: then it may go on while it is fast enough.",
            )


RULE = Rule(
    id="timeout-short",
    group="resources",
    severity=Severity.WARNING,
    title="A time that slow answers exceed",
    why="What takes longer than the time that is set is given up: a report that the application works on becomes a "
    "504, an upload over a telephone a 408. A test after the change, with a fast page and a fast line, shows nothing.",
    remedy="Allow what the slowest wanted answer takes; httpd's own default is 60 seconds.",
    symptoms=(Symptom.ERROR_502, Symptom.ERROR_4XX),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxytimeout",
    good=(
        Case(text="Timeout 60\nProxyTimeout 30\n"),
        Case(text="RequestReadTimeout header=20-40,MinRate=500 body=2,MinRate=500\n"),
        Case(text="ProxyPass /app http://127.0.0.1:9000 timeout=30 connectiontimeout=1\n"),
    ),
    bad=(
        Case(text="ProxyTimeout 1\n"),
        Case(text="ProxyPass /app http://127.0.0.1:9000 timeout=2\n"),
        Case(text="RequestReadTimeout header=20 body=3\n"),
    ),
    check=check,
)
