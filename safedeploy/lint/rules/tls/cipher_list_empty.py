"""A list of ciphers in which OpenSSL finds none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint import tls
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# Words of OpenSSL's lists, those of older releases too: what some version may know is not said to be wrong.
_WORDS = frozenset(
    {
        *("ALL", "COMPLEMENTOFALL", "COMPLEMENTOFDEFAULT", "DEFAULT", "HIGH", "MEDIUM", "LOW", "EXP", "EXPORT"),
        *("EXPORT40", "EXPORT56", "FIPS", "NULL", "eNULL", "aNULL", "SUITEB128", "SUITEB128ONLY", "SUITEB128C2"),
        *("SUITEB192", "SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.2", "RSA", "kRSA", "aRSA", "DH", "DHE", "EDH"),
        *("ADH", "kDHr", "kDHd", "kDH", "kDHE", "kEDH", "aDH", "ECDH", "ECDHE", "EECDH", "AECDH", "kEECDH", "kECDHE"),
        *("kECDH", "kECDHr", "kECDHe", "aECDH", "ECDSA", "aECDSA", "DSS", "aDSS", "AES", "AES128", "AES256", "AESGCM"),
        *("AESCCM", "AESCCM8", "ARIA", "ARIA128", "ARIA256", "ARIAGCM", "CAMELLIA", "CAMELLIA128", "CAMELLIA256"),
        *("CHACHA20", "3DES", "DES", "RC4", "RC2", "IDEA", "SEED", "MD5", "SHA", "SHA1", "SHA256", "SHA384", "CBC"),
        *("PSK", "kPSK", "aPSK", "kECDHEPSK", "kDHEPSK", "kRSAPSK", "SRP", "kSRP", "aSRP", "KRB5", "FZA", "kGOST"),
        *("GOST", "GOST89", "GOST89MAC", "GOST94", "aGOST", "aGOST01", "aGOST12", "kGOST18", "GOST2012256"),
        *("GOST2012", "GOST12"),
    }
)
# A whole suite: NULL-MD5, ECDHE-RSA-AES128-GCM-SHA256, TLS_RSA_WITH_AES_128_CBC_SHA.
_SUITE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)+|(TLS|SSL)_\w+_WITH_\w+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[:, ;]+")


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each SSLCipherSuite that names nothing that can be a cipher."""
    if configuration.module("ssl_module") is False:
        return
    used = {id(one) for speaker in tls.speakers(configuration) if speaker.sure for one in _in_effect(speaker)}
    for statement in configuration.named("SSLCipherSuite"):
        named = _named(statement) if statement.certain else []
        if not named or any(_may_be_one(statement, word, facts) for word in named):
            continue
        near = nearest(named[0], _WORDS) if _list(statement)[0] is None else None
        yield Hit(
            at=statement,
            message=f"OpenSSL knows no cipher {named[0]}, and the list has no other"
            + (f"; did you mean {near}?" if near else ""),
            remedy=_remedy(statement, near),
            severity=None if id(statement) in used else Severity.WARNING,
        )


def _in_effect(speaker: tls.Speaker) -> Iterator[Statement]:
    """The lists that hold in a server: one for TLS 1.3, and one for what is older."""
    last = {_list(one)[0]: one for one in speaker.server.named("sslciphersuite") if one.arguments}
    yield from last.values()


def _list(statement: Statement) -> tuple[str | None, str]:
    words = statement.arguments
    if len(words) == 1:
        return None, words[0]
    protocol = words[0].upper() if words else ""
    return (None if protocol == "SSL" else protocol), words[1] if len(words) > 1 else ""


def _named(statement: Statement) -> list[str]:
    """The ciphers that a list adds: not those that it takes away or moves, and no commands."""
    words = [word for word in _SEPARATORS.split(_list(statement)[1]) if word]
    return [word for word in words if word[0] not in "!-+@"]


def _may_be_one(statement: Statement, word: str, facts: Facts) -> bool:
    word = word.partition("@")[0]
    if _list(statement)[0] == "TLSV1.3":
        return word.startswith("TLS_")
    if _list(statement)[0] is not None:
        return True  # another rule's
    if word.startswith("PROFILE="):
        return facts.layout != "debian"
    return all(part in _WORDS or _SUITE.fullmatch(part) for part in word.split("+"))


def _remedy(statement: Statement, near: str | None) -> str | None:
    if _list(statement)[0] == "TLSV1.3":
        return "Name suites of TLS 1.3, such as TLS_AES_256_GCM_SHA384, or leave the line out."
    return f"Write {near}." if near else None


RULE = Rule(
    id="cipher-list-empty",
    group="tls",
    severity=Severity.ERROR,
    title="A list of ciphers in which there is none",
    why="OpenSSL passes over words that it does not know. When no other is left, the test of the configuration still "
    "passes, and at the next start mod_ssl ends the whole server: `no cipher match`. A reload takes a running server "
    "down in the same way.",
    remedy="Correct the name; `openssl ciphers -v LIST` shows what a list has.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslciphersuite",
    good=(
        Case(text="SSLCipherSuite HIGH:!aNULL:NEW\nSSLCipherSuite TLSv1.3 TLS_AES_256_GCM_SHA384\n"),
        Case(text="SSLCipherSuite EECDH+AESGCM:DEFAULT@SECLEVEL=1\nSSLCipherSuite ECDHE-RSA-AES256-GCM-SHA384\n"),
        Case(text="SSLCipherSuite PROFILE=SYSTEM\n", layout="redhat"),
    ),
    bad=(
        Case(
            text="<VirtualHost *:443>\n    SSLEngine on\n    SSLCertificateFile /etc/ssl/a.pem\n"
            "    SSLCipherSuite HIHG:!aNULL:!MD5\n</VirtualHost>\n"
        ),
        Case(text="SSLCipherSuite TLSv1.3 HIGH\n"),
        Case(text="SSLCipherSuite TLS_AES_256_GCM_SHA384\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
