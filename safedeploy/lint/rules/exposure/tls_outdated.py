"""Protocols and ciphers of TLS that are broken."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

PROTOCOLS = ("sslv2", "sslv3", "tlsv1", "tlsv1.1")
CIPHERS = ("rc4", "exp", "export", "null", "enull", "anull", "adh", "aecdh", "low", "des")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each SSLProtocol and SSLCipherSuite that asks for an outdated one by its name."""
    if configuration.module("ssl_module") is False:
        return
    for statement in configuration.named("SSLProtocol", "SSLCipherSuite"):
        if not statement.certain or not statement.arguments:
            continue
        words = statement.arguments
        asked = _protocols(words) if statement.key == "sslprotocol" else _ciphers(words[-1])
        if asked:
            yield Hit(at=statement, message=f"{', '.join(asked)} {'is' if len(asked) == 1 else 'are'} allowed by name")


def _protocols(words: tuple[str, ...]) -> list[str]:
    found: dict[str, str] = {}
    for word in words:
        name = word.lstrip("+-")
        if word.startswith("-"):
            found.pop(name.lower(), None)
        elif name.lower() in PROTOCOLS:
            found[name.lower()] = name
    return list(found.values())


def _ciphers(text: str) -> list[str]:
    """Families that are asked for: neither excluded, nor only moved to the end."""
    words = text.replace(",", ":").replace(" ", ":").split(":")
    excluded = {word[1:].lower() for word in words if word[:1] in ("!", "-")}
    return [word for word in words if word.lower() in CIPHERS and word.lower() not in excluded]


RULE = Rule(
    id="tls-outdated",
    group="exposure",
    severity=Severity.WARNING,
    title="Outdated protocols or ciphers of TLS",
    why="SSLv3, TLS 1.0 and TLS 1.1 are broken or withdrawn, and so are ciphers such as RC4. Browsers of today do not "
    "use them; what does is an attack, or a test that marks the site down.",
    remedy="Write `SSLProtocol -all +TLSv1.2 +TLSv1.3`, and leave `SSLCipherSuite` to the distribution.",
    symptoms=(Symptom.EXPOSED, Symptom.TLS),
    source="https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslprotocol",
    good=(
        Case(text="SSLProtocol -all +TLSv1.2 +TLSv1.3\n"),
        Case(text="SSLProtocol all -SSLv3 -TLSv1 -TLSv1.1\n"),
        Case(text="SSLCipherSuite HIGH:!aNULL:!RC4:!LOW\n"),
    ),
    bad=(
        Case(text="SSLProtocol TLSv1 TLSv1.1 TLSv1.2\n"),
        Case(text="SSLCipherSuite HIGH:RC4:!aNULL\n"),
    ),
    check=check,
)
