"""A backup copy that httpd reads as configuration."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Kind
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

_BACKUP = re.compile(
    r"(~|\.(bak|backup|orig|old|save|sav|copy|tmp|swp|rej|rpmnew|rpmsave|rpmorig|dpkg-\w+|ucf-\w+)\d*"
    r"|[._-](bak|backup|old|copy)(\.conf)?|\.\d{4}-?\d\d-?\d\d.*|^#.*#)$",
    re.IGNORECASE,
)


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each file that a wildcard or a directory takes in and whose name is that of a copy, told once."""
    told: set[str] = set()
    for statement in configuration.statements:
        if (
            statement.active is False
            or statement.file in told
            or not _BACKUP.search(posixpath.basename(statement.file))
        ):
            continue
        told.add(statement.file)
        origin = next(one for one in reversed(statement.origins) if one.kind is not Kind.USE)
        related = () if origin.position is None else (Related(position=origin.position, text="it is included here"),)
        yield Hit(
            at=statement,
            message=f"httpd reads {statement.file}, which looks like a copy that was left behind",
            related=related,
        )


RULE = Rule(
    id="backup-included",
    group="hygiene",
    severity=Severity.WARNING,
    title="A backup copy is read as configuration",
    why="`IncludeOptional sites-enabled/*` takes in every file of the directory: also the copy that an editor, a "
    "package or a careful person left. What was removed from the file lives on in its copy, and of two equal virtual "
    "hosts the one that is read first answers.",
    remedy="Remove the copy, or include `*.conf` only.",
    symptoms=(Symptom.WRONG_SITE, Symptom.NO_EFFECT, Symptom.NO_START),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#include",
    good=(
        Case(
            text="IncludeOptional sites-enabled/*.conf\n",
            files={
                "/etc/apache2/sites-enabled/www.conf": "ServerName www.example.test\n",
                "/etc/apache2/sites-enabled/www.conf.bak": "ServerName old.example.test\n",
            },
        ),
    ),
    bad=(
        Case(
            text="IncludeOptional sites-enabled/*\n",
            files={
                "/etc/apache2/sites-enabled/www.conf": "ServerName www.example.test\n",
                "/etc/apache2/sites-enabled/www.conf.bak": "ServerName old.example.test\n",
            },
        ),
    ),
    check=check,
)
