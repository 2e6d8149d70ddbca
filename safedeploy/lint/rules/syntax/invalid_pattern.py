"""A regular expression that cannot be compiled."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import patterns, reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.regex_faults import fault
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rewriting import words as rewrite_words
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

_COMPARES = ("=", "<", ">", "-")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each pattern in which brackets or repetitions are certainly wrong."""
    for statement, lowered in reach.statements(configuration):
        pattern = _pattern(statement) if statement.certain else None
        found = fault(pattern) if pattern else None
        if found is None:
            continue
        shell = pattern is not None and pattern.startswith("*")
        yield Hit(
            at=statement,
            message=f"httpd cannot compile the pattern {pattern}: {found}",
            remedy=r"Write .* for any characters, and \. for a dot: this is no pattern of a shell." if shell else None,
            severity=lowered,
        )


def _pattern(statement: Statement) -> str | None:
    """The regular expression of a directive, if it has one."""
    if statement.key not in ("rewriterule", "rewritecond"):
        return patterns.of(statement)
    # mod_rewrite takes its words in a way of its own.
    words = rewrite_words(statement)
    at = 0 if statement.key == "rewriterule" else 1
    if at >= len(words) or "${" in statement.directive.raw:
        return None
    pattern = words[at].removeprefix("!")
    if at and (pattern.startswith(_COMPARES) or words[0].lower() == "expr"):
        return None
    return pattern


RULE = Rule(
    id="invalid-pattern",
    group="syntax",
    severity=Severity.ERROR,
    title="A regular expression that httpd cannot compile",
    why="httpd refuses the whole configuration when a bracket of a pattern is not closed, or when nothing stands "
    "before a `*`: `*.php` is a pattern of the shell, and no regular expression. In an `.htaccess` every request "
    "below its directory is answered with a 500.",
    remedy=r"Close the bracket, or put a backslash before a character that stands for itself.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/glossary.html#regex",
    good=(
        Case(text='RewriteRule "^/(?:a|b)/([^/]+)/?$" /x/$1\nRewriteCond %{REQUEST_URI} !\\.(gif|jpe?g)$\n'),
        Case(text='<FilesMatch "^\\.ht|[]a-z(]">\n    Require all denied\n</FilesMatch>\n'),
        Case(text='<Files "*.php">\n    Require all denied\n</Files>\nRewriteCond %{HTTP_HOST} =(x\n'),
    ),
    bad=(
        Case(text="RedirectMatch 301 ^/old/(.* https://www.example.test/\n"),
        Case(text='<FilesMatch "*.php">\n    Require all denied\n</FilesMatch>\n'),
        Case(text='SetEnvIf User-Agent "[bot" robot\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
