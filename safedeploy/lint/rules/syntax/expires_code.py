"""A time of mod_expires that it cannot read."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each ExpiresDefault and ExpiresByType with a time that httpd refuses."""
    if configuration.module("expires_module") is False:
        return
    for statement, lowered in reach.statements(configuration):
        if statement.key not in ("expiresdefault", "expiresbytype") or not statement.certain:
            continue
        words = statement.arguments
        if len(words) != (1 if statement.key == "expiresdefault" else 2):
            continue  # another rule's
        found = _fault(words[-1])
        if found is None and len(words) > 1 and "/" not in words[0]:
            found = f"{words[0]} is no type of content"
        if found:
            yield Hit(at=statement, message=found, severity=lowered)


def _fault(code: str) -> str | None:
    """What is wrong with a time. httpd itself only looks at the first letters of each word."""
    if not code.split() or code[0] in "AM":
        return None
    words = code.lower().split()
    if words[0][0] not in "nam":
        return f"{code} begins with none of access, modification and now"
    rest = words[1:]
    if rest and rest[0].startswith("p"):
        del rest[0]
    for number, unit in zip(rest[::2], [*rest[1::2], ""], strict=False):
        if not number[0].isdigit():
            return f"{number} is no number in {code}"
        if not unit:
            return f"{code} lacks a unit behind {number}"
        if unit[0] not in "ywdhs" and unit[:2] not in ("mo", "mi"):
            return f"{unit} is no unit of time"
    return None


RULE = Rule(
    id="expires-code",
    group="syntax",
    severity=Severity.ERROR,
    title="A time of expiry that mod_expires cannot read",
    why="httpd refuses the whole configuration for a time that does not begin with what it counts from, or that lacks "
    "its unit. In an `.htaccess` every request below its directory is answered with a 500.",
    remedy='Write it as `"access plus 1 month"`.',
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/mod_expires.html#AltSyn",
    good=(
        Case(text='ExpiresDefault "access plus 1 month 2 days"\nExpiresByType text/css A3600\n'),
        Case(text='ExpiresDefault "now"\nExpiresByType image/* "modification 1 year"\n'),
    ),
    bad=(
        Case(text='ExpiresDefault "1 month"\n'),
        Case(text='ExpiresByType text/css "access plus one month"\n'),
        Case(text='ExpiresDefault "access plus 30"\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
