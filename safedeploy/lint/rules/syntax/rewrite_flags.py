"""Flags of RewriteRule and RewriteCond that httpd cannot read."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rewriting import words as rewrite_words
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# As httpd 2.4.71 reads them, without regard to case.
_OF_RULES = frozenset(
    {
        *("b", "bctls", "bne", "bnp", "c", "chain", "co", "cookie", "discardpath", "dpi", "e", "end", "env", "f"),
        *("forbidden", "g", "gone", "h", "handler", "l", "last", "n", "nc", "ne", "next", "nocase", "noescape"),
        *("nosubreq", "ns", "p", "passthrough", "proxy", "pt", "qsa", "qsappend", "qsd", "qsdiscard", "qsl"),
        *("qslast", "r", "redirect", "s", "skip", "t", "type", "unc", "unsafeallow3f", "unsafeprefixstat"),
    }
)
_OF_CONDITIONS = frozenset({"nc", "nocase", "or", "ornext", "nv", "novary"})


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each third argument that is not in brackets, or has a flag that there is not."""
    later = Severity.WARNING if (facts.version or (2, 4, 0)) > directives.VERSION else None
    for statement, lowered in reach.statements(configuration):
        if statement.key not in ("rewriterule", "rewritecond") or not statement.certain:
            continue
        if configuration.module("rewrite_module") is False:
            continue
        if "${" in statement.directive.raw:
            continue
        words = rewrite_words(statement)
        if len(words) < 2:
            yield Hit(at=statement, message=f"{statement.name} takes at least two arguments", severity=lowered)
            continue
        wrong = _wrong(words[2], is_rule=statement.key == "rewriterule") if len(words) > 2 else None
        if wrong:
            rest = statement.arguments[2:]
            spaced = len(rest) > 1 and words[2].startswith("[") and rest[0] == words[2] and rest[-1].endswith("]")
            yield Hit(
                at=statement,
                message=f"the flags {' '.join(rest)} have a space in them" if spaced else wrong,
                remedy=f"Write {''.join(rest)}." if spaced else None,
                severity=lowered or (None if spaced else later),
            )


def _wrong(text: str, *, is_rule: bool) -> str | None:
    if not (text.startswith("[") and text.endswith("]") and len(text) > 1):
        return f"the flags {text} do not stand in square brackets"
    known = _OF_RULES if is_rule else _OF_CONDITIONS
    for flag in text[1:-1].split(","):
        name = flag.strip().partition("=")[0].lower()
        if name in known:
            continue
        if not name:
            return f"a flag is missing in {text}"
        if is_rule and name in _OF_CONDITIONS:
            return f"{flag} is a flag of RewriteCond, not of RewriteRule"
        if not is_rule and name in _OF_RULES:
            return f"{flag} is a flag of RewriteRule, not of RewriteCond"
        return f"there is no flag {flag}"
    return None


RULE = Rule(
    id="rewrite-flags",
    group="syntax",
    severity=Severity.ERROR,
    title="Flags of a rewrite that httpd cannot read",
    why="httpd takes the flags for one word: at a space it ends, and its bracket is missing. It refuses the whole "
    "configuration for that, or for a flag that it does not know. In an `.htaccess` every request below its "
    "directory is answered with a 500.",
    remedy="Write them in square brackets, with commas and without spaces: `[R=301,L]`.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/rewrite/flags.html",
    good=(
        Case(text="RewriteCond %{HTTP_HOST} ^a\\ b$ [NC,OR]\nRewriteRule ^/a /b [r=301,L,E=x:1,B=\\ ?]\n"),
        Case(text='RewriteRule "^/a b" "/c" "[R=301, L]"\n'),
    ),
    bad=(
        Case(text="RewriteRule ^/shop/(.*)$ /store/$1 [R=301, L]\n"),
        Case(text="RewriteCond %{HTTPS} off [L]\n"),
        Case(text="RewriteRule ^/a /b R=301\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
