"""Headers of answers as the directive Header writes them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safedeploy.lint import reach
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement

WRITING = ("set", "setifempty", "add", "append", "merge")


@dataclass(frozen=True, kw_only=True)
class Written:
    """One header. `always`: into the list that errors and redirects have too; `condition` is `env=` or `expr=`."""

    statement: Statement
    always: bool
    action: str
    name: str
    value: str
    condition: str | None


def written(configuration: Configuration) -> Iterator[Written]:
    """Each header that is written, and surely so."""
    for statement, _ in reach.statements(configuration):
        if statement.key == "header" and statement.certain and statement.active is not False:
            found = _written(statement)
            if found is not None:
                yield found


def _written(statement: Statement) -> Written | None:
    words = statement.arguments
    always = bool(words) and words[0].lower() == "always"
    if words and words[0].lower() in ("always", "onsuccess"):
        words = words[1:]
    if len(words) < 3 or words[0].lower() not in WRITING:
        return None
    return Written(
        statement=statement,
        always=always,
        action=words[0].lower(),
        name=words[1].removesuffix(":"),
        value=words[2],
        condition=words[3] if len(words) > 3 else None,
    )
