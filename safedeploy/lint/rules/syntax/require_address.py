"""Require ip with something that is not an address."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import reach
from safedeploy.lint.addresses import fault
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Require ip with an argument that httpd refuses."""
    if configuration.module("authz_host_module") is False:
        return
    for statement, lowered in reach.statements(configuration):
        if statement.key != "require" or not statement.certain:
            continue
        words = statement.arguments[1:] if statement.argument.lower() == "not" else statement.arguments
        if not words or words[0] != "ip":
            continue
        if len(words) == 1:
            yield Hit(at=statement, message="Require ip has no address", severity=lowered)
        for word in words[1:]:
            found = fault(word)
            if found is None:
                continue
            yield Hit(
                at=statement,
                message=f"httpd refuses Require ip {word}: {found}",
                remedy=_remedy(word),
                severity=lowered,
            )
            break


def _remedy(word: str) -> str | None:
    if "*" in word and (start := word.partition("*")[0].rstrip(".")) and start.replace(".", "").isdigit():
        return f"Write {start}, which stands for all addresses that begin so, or the network with its mask."
    if any(letter.isalpha() for letter in word) and ":" not in word and "/" not in word:
        return "Write Require host for a name, Require all for everybody."
    return None


RULE = Rule(
    id="require-address",
    group="syntax",
    severity=Severity.ERROR,
    title="Require ip with something that is not an address",
    why="`Require ip` takes addresses, beginnings of addresses (`192.0.2`) and networks (`192.0.2.0/24`), separated by "
    "spaces. With a `*`, a range, a comma, a port or a name httpd refuses the whole configuration; in an `.htaccess` "
    "every request below its directory is answered with a 500.",
    remedy="Write whole addresses, networks such as 192.0.2.0/24, or the beginning of an address such as 192.0.2.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/mod_authz_host.html#reqip",
    good=(
        Case(
            text='<Location "/a">\n    Require ip 192.0.2 192.0.2.0/24 10.0.0.0/255.0.0.0 2001:db8::/32\n</Location>\n'
        ),
        Case(text='<Location "/a">\n    Require ip ::1 10.0.0.0/8\n    Require host *.example.test\n</Location>\n'),
    ),
    bad=(
        Case(text='<Location "/a">\n    Require ip 192.168.1.* 127.0.0.1\n</Location>\n'),
        Case(text='<Location "/a">\n    Require ip 10.0.0.1,10.0.0.2\n</Location>\n'),
        Case(text='<Location "/a">\n    Require ip 10.0.0.0/33\n</Location>\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
