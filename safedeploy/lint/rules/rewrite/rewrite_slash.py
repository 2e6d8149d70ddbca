"""A pattern that no request can match, for the slash at its beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.reach import statements
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Context, Statement
from safedeploy.lint.rewriting import Rewrite, rewrites
from safedeploy.lint.rule import Case, Hit, Rule, Symptom
from safedeploy.lint.servers import may_overlap
from safedeploy.lint.syntax.position import Position

# What follows is surely there: no quantifier that allows none of it.
_NAME_FIRST = re.compile(r"\^\(?(?!\?|[a-z]+\??:|.*\||.*\$\{)(?:[A-Za-z0-9_-]|\\[.-])(?![?*{])")
_SLASH_FIRST = re.compile(r"\^\(?(?!.*\||.*\$\{)/(?![?*{])")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each rule that wants a slash first in a directory, or none in a server."""
    if configuration.module("rewrite") is False:
        return
    read = [(each, severity) for each, severity in statements(configuration) if each.active is not False]
    lowered = {id(each): severity for each, severity in read}
    off = [each for each, _ in read if each.key == "rewriteengine" and each.argument.lower() != "on"]
    places: dict[Position, set[bool]] = {}
    found: list[tuple[Statement, str, bool]] = []
    before: dict[Context, list[Rewrite]] = {}
    for rule in rewrites(each for each, _ in read)[0]:
        at, earlier = rule.statement, before.setdefault(rule.statement.context, [])
        earlier.append(rule)
        in_directory = _in_directory(at)
        if in_directory is None or any(may_overlap(each.context, at.context) for each in off):
            continue
        places.setdefault(at.position, set()).add(in_directory)
        wrong = (_SLASH_FIRST if in_directory else _NAME_FIRST).match(rule.pattern)
        if wrong and at.certain and not any(_may_change_it(one, in_directory=in_directory) for one in earlier[:-1]):
            found.append((at, rule.pattern, in_directory))
    for at, pattern, in_directory in found:
        if len(places[at.position]) > 1:
            continue  # a file that is included in both places may have both forms on purpose
        where = "a directory the path has no slash at its" if in_directory else "a server the path has a slash at its"
        mended = f"/{pattern[1:]}" if not in_directory else pattern[2:]
        yield Hit(
            at=at,
            message=f"{pattern} matches nothing: in {where} beginning",
            remedy=f"Write ^{mended}." if "(" not in pattern[:2] else None,
            severity=lowered[id(at)],
        )


def _may_change_it(earlier: Rewrite, *, in_directory: bool) -> bool:
    """Whether a rule before may give the path the other form for those after it."""
    if earlier.leaves or earlier.substitution == "-" or {"l", "end"} & set(earlier.flags):
        return False
    return not in_directory or earlier.substitution.startswith(("/", "%", "$"))


def _in_directory(statement: Statement) -> bool | None:
    """Whether the rule is for a directory; None where the path may be either."""
    if statement.context.htaccess is not None:
        return None if statement.context.within("files", "filesmatch", "if") else True
    if not statement.context.inner:
        return False
    return True if all(section.key == "directory" for section in statement.context.inner) else None


RULE = Rule(
    id="rewrite-slash",
    group="rewrite",
    severity=Severity.WARNING,
    title="A RewriteRule that can never match",
    why="The path that a rule sees begins with a slash in a virtual host, and has none in an `.htaccess` or "
    "`<Directory>`. A rule that is moved from one to the other matches nothing any more: what it should redirect is a "
    "404, what it should forbid is open.",
    remedy="Write the pattern for its place; `^/?` fits both.",
    symptoms=(Symptom.NO_EFFECT, Symptom.ERROR_404, Symptom.EXPOSED),
    source="https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html#what_is_matched",
    good=(
        Case(text="RewriteEngine On\nRewriteRule ^/old$ /new.html [R]\n"),
        Case(text="RewriteEngine On\nRewriteRule ^/?old$ /new.html [R]\nRewriteRule old$ /new.html [R]\n"),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride All\n</Directory>\n",
            files={"/srv/www/.htaccess": "RewriteEngine On\nRewriteRule ^old$ /new.html [R]\n"},
        ),
    ),
    bad=(
        Case(text="RewriteEngine On\nRewriteRule ^old$ /new.html [R]\n"),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride All\n</Directory>\n",
            files={"/srv/www/.htaccess": "RewriteEngine On\nRewriteRule ^/internal/ - [F]\n"},
        ),
    ),
    check=check,
)
