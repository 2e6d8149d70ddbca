"""A <DirectoryMatch> that is written as for addresses, and finds no directory."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint import patterns
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# Hidden, and directly below the root of the file system: nobody serves that.
_HIDDEN = re.compile(r"\^/\(?(\?:)?(\\\.|\[\.\])[^/]")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each pattern whose every alternative begins with a hidden name below the root of the file system."""
    for statement in configuration.named("DirectoryMatch", "Directory"):
        pattern = patterns.of(statement) if statement.certain else None
        if pattern is None or not all(_HIDDEN.match(one) for one in patterns.alternatives(pattern)):
            continue
        if not _is_served_hidden(configuration):
            yield Hit(
                at=statement,
                message=f"{pattern} finds no directory that is served: it is compared with paths of the file system",
                remedy=f"Write {pattern[1:]}, without the ^.",
            )


def _is_served_hidden(configuration: Configuration) -> bool:
    return any(_is_hidden(each) for each in configuration.named("DocumentRoot", "Alias", "ScriptAlias"))


def _is_hidden(statement: Statement) -> bool:
    return bool(statement.arguments) and statement.arguments[-1].startswith(("/.", "$"))


RULE = Rule(
    id="directorymatch-is-address",
    group="exposure",
    severity=Severity.ERROR,
    title="DirectoryMatch written as for addresses",
    why="`<DirectoryMatch>` is compared with directories of the file system, such as `/var/www/site/.git`, and not "
    "with addresses. `^/\\.git` is only for a `.git` at the root of the disk: the section closes nothing, and what it "
    "was to hide is there for everybody.",
    remedy="Leave out the `^`, or use `<LocationMatch>`.",
    symptoms=(Symptom.EXPOSED, Symptom.NO_EFFECT),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#directorymatch",
    good=(
        Case(text='<DirectoryMatch "/\\.git(/|$)">\n    Require all denied\n</DirectoryMatch>\n'),
        Case(text='<DirectoryMatch "^/.*/\\.git">\n    Require all denied\n</DirectoryMatch>\n'),
        Case(text='<LocationMatch "^/\\.git">\n    Require all denied\n</LocationMatch>\n'),
    ),
    bad=(
        Case(text='<DirectoryMatch "^/\\.git">\n    Require all denied\n</DirectoryMatch>\n'),
        Case(text='<DirectoryMatch "^/(\\.svn|\\.hg)/">\n    Require all denied\n</DirectoryMatch>\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
