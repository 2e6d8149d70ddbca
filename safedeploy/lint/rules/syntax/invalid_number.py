"""A number or a time that a directive does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives, modules
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

_NOT_POSITIVE = r"0+|-\d+|[a-z].*"
_NEGATIVE = r"-\d+"
_STATUSES = r"10[0-3]|20[0-8]|226|30[0-578]|40\d|41[0-7]|42[1-6]|428|429|431|451|50[0-8]|51[01]"
# By directive: what is certainly refused, and what it takes. All was tried on httpd 2.4.71.
_REFUSED = {
    "deflatecompressionlevel": (r"0+|-\d+|[a-z].*|\d{2,}", "a number from 1 to 9"),
    "deflatememlevel": (r"0+|-\d+|[a-z].*|\d{2,}", "a number from 1 to 9"),
    "errordocument": (rf"(?!(?:{_STATUSES})(?:\D|$)).+", "a status that httpd knows"),
    "keepalivetimeout": (r"-\d+|\d+m|\d+[.,]\d+|\d+(?-i:[SMH])|[a-z].*", "seconds, or milliseconds as 500ms"),
    "limitinternalrecursion": (_NOT_POSITIVE, "a number that is greater than 0"),
    "limitrequestbody": (r"-\d+|[a-z].*|\d+[^0-9].*", "a number of bytes"),
    "limitrequestfields": (_NEGATIVE, "a number that is not negative"),
    "limitrequestfieldsize": (_NEGATIVE, "a number of bytes"),
    "limitrequestline": (_NEGATIVE, "a number of bytes"),
    "limitxmlrequestbody": (_NEGATIVE, "a number of bytes"),
    "listenbacklog": (_NOT_POSITIVE, "a number that is greater than 0"),
    "proxytimeout": (_NOT_POSITIVE, "a number of seconds that is greater than 0"),
}
_UNITS = re.compile(r"(\d+)\s*([kmg])b?", re.IGNORECASE)
_FACTORS = {"k": 1024, "m": 1024**2, "g": 1024**3}


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each argument that httpd certainly refuses."""
    later = Severity.WARNING if (facts.version or (2, 4, 0)) > directives.VERSION else None
    for statement, lowered in reach.statements(configuration):
        refused = _REFUSED.get(statement.key)
        if refused is None or not statement.certain or not statement.arguments:
            continue
        known = directives.find(statement.name)
        if known is None or not any(modules.find(name) and configuration.module(name) for name in known.modules):
            continue
        pattern, wanted = refused
        if not re.fullmatch(pattern, statement.argument, re.IGNORECASE):
            continue
        unit = _UNITS.fullmatch(statement.argument) if "bytes" in wanted else None
        yield Hit(
            at=statement,
            message=f"{statement.name} takes {wanted}, not {statement.argument}",
            remedy=f"Write {int(unit[1]) * _FACTORS[unit[2].lower()]}." if unit else None,
            severity=lowered or later,
        )


RULE = Rule(
    id="invalid-number",
    group="syntax",
    severity=Severity.ERROR,
    title="A number that the directive does not take",
    why="httpd refuses the whole configuration when one number is out of range, or has a unit where none is known: "
    "`LimitRequestBody 10M` is no size to it. In an `.htaccess` every request below its directory gets a 500.",
    remedy="Write a number as the directive's documentation describes it.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestbody",
    good=(
        Case(text="LimitRequestBody 10485760\nKeepAliveTimeout 500ms\nProxyTimeout 30s\nLimitRequestFieldSize 16k\n"),
        Case(text="DeflateCompressionLevel 9\nKeepAliveTimeout 1min\nErrorDocument 404 /error.html\n"),
    ),
    bad=(
        Case(text="LimitRequestBody 10M\n"),
        Case(text="ProxyTimeout 0\n"),
        Case(text="ErrorDocument 4xx /error.html\n"),
        Case(text="KeepAliveTimeout 5m\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
