"""An expression that httpd cannot read."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.expression_faults import fault
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rewriting import words as rewrite_words
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each condition of <If>, SetEnvIfExpr and RewriteCond in which something is certainly wrong."""
    for statement, lowered in reach.statements(configuration):
        text = _expression(statement) if statement.certain else None
        found = fault(text) if text else None
        if found is None:
            continue
        whole = statement.key in ("if", "elseif") and len(statement.arguments) > 1
        yield Hit(
            at=statement,
            message=f"httpd reads {text} alone as the condition: the quotes round the whole are missing"
            if whole
            else f"httpd cannot read the condition {text}: {found}",
            remedy=f'Write <{statement.name} "{" ".join(statement.arguments)}">.' if whole else None,
            severity=lowered,
        )


def _expression(statement: Statement) -> str | None:
    words = statement.arguments
    if (statement.key in ("if", "elseif") and statement.is_section) or statement.key == "setenvifexpr":
        return words[0] if words else None
    if statement.key == "rewritecond" and words[:1] == ("expr",):
        found = rewrite_words(statement)
        return found[1] if len(found) > 1 else None
    return None


RULE = Rule(
    id="invalid-condition",
    group="syntax",
    severity=Severity.ERROR,
    title="A condition that httpd cannot read",
    why="httpd refuses the whole configuration for a condition with a bracket or quote too many, without quotes round "
    "the whole, or with a pattern that a slash in it ends: a backslash does not help there. In an `.htaccess` every "
    "request below its directory is answered with a 500.",
    remedy='Write it as `<If "%{REQUEST_URI} =~ m#^/a/b#">`.',
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/expr.html",
    good=(
        Case(text="<If \"%{HTTP_USER_AGENT} =~ /BadBot/i && ! (%{REMOTE_ADDR} == '::1')\">\n</If>\n"),
        Case(text='SetEnvIfExpr "%{REQUEST_URI} =~ m#^/a/(b|c)#" kept\n<If "-n %{env:kept}">\n</If>\n'),
        Case(text="RewriteCond expr \"%{HTTP_HOST} == 'a('\"\nRewriteRule ^ - [F]\n"),
    ),
    bad=(
        Case(text='<If "%{REQUEST_URI} =~ /a\\/b/">\n</If>\n'),
        Case(text="<If %{HTTP_HOST} == 'a.example.test'>\n</If>\n"),
        Case(text="<If \"%{HTTP_HOST} =~ '^www'\">\n</If>\n"),
        Case(text="SetEnvIfExpr \"(%{HTTP_HOST} == 'a'\" kept\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
