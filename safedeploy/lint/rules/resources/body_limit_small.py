"""A limit for bodies that looks as if it were counted in kilobytes."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

KILO = 1024
SMALL = 64 * KILO


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each LimitRequestBody below 64 KiB that is for a whole server or directory."""
    for statement, severity in reach.statements(configuration):
        if statement.key != "limitrequestbody" or not statement.certain or not statement.argument.isdigit():
            continue
        if statement.context.within("location", "locationmatch", "files", "filesmatch", "if", "limit") is not None:
            continue
        size = int(statement.argument)
        if 0 < size < SMALL:
            yield Hit(
                at=statement,
                message=f"{size} are bytes: whatever is larger than {_shown(size)} is refused",
                remedy=f"Write {size * KILO} if {_shown(size * KILO)} are meant.",
                severity=severity,
            )


def _shown(size: int) -> str:
    for unit in ("bytes", "KB", "MB"):
        if size < KILO:
            return f"{size} {unit}"
        size //= KILO
    return f"{size} GB"


RULE = Rule(
    id="body-limit-small",
    group="resources",
    severity=Severity.WARNING,
    title="A limit for bodies that is very small",
    why="`LimitRequestBody` counts bytes. Who thinks of kilobytes, as other programs count, stops every upload and "
    "every long form with a 413, and the short ones that are tried after a change go through.",
    remedy="Write the limit in bytes: 50331648 for 48 MB.",
    symptoms=(Symptom.ERROR_4XX,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestbody",
    good=(
        Case(text="LimitRequestBody 50331648\n"),
        Case(text="LimitRequestBody 0\n"),
        Case(text="<Location /login>\n    LimitRequestBody 4096\n</Location>\n"),
    ),
    bad=(Case(text="LimitRequestBody 49152\n"), Case(text="LimitRequestBody 10\n")),
    check=check,
)
