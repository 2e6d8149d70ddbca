"""A certificate with the key of another."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import tls
from safedeploy.lint.certificates import belong_together, certificate, private_key
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each pair of certificate and key, both of which are there, that do not belong together."""
    for speaker in tls.speakers(configuration):
        for one, other in speaker.pairs():
            severity = None if speaker.sure and one.active and other.active else Severity.WARNING
            yield from _judge(configuration, one, other, severity)


def _judge(configuration: Configuration, one: Statement, other: Statement, severity: Severity | None) -> Iterator[Hit]:
    text, secret = tls.content(configuration, one), tls.content(configuration, other)
    if text is None or secret is None:
        return
    shown = certificate(text)
    if one is other and b"PRIVATE KEY-----" not in text and shown is not None:
        yield Hit(
            at=one,
            message=f"{one.argument} has no private key in it, and no SSLCertificateKeyFile names one",
            remedy="Write SSLCertificateKeyFile beside it.",
            severity=severity,
        )
        return
    key = private_key(secret)
    if shown is None or shown.key is None or key is None or belong_together(shown.key, key) is not False:
        return
    yield Hit(
        at=one,
        message=f"the certificate {one.argument} and the key {other.argument} do not belong together",
        severity=severity,
        related=() if one is other else (Related(position=other.position, text="the key is named here"),),
    )


_CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBqjCCAVCgAwIBAgIUceQuEsRyIK6WaTWWGpMeYxypoGswCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQd3d3LmV4YW1wbGUudGVzdDAgFw0yNjExMjcxNzQ3MDhaGA8y
MTI2MTEwMzE3NDcwOFowGzEZMBcGA1UEAwwQd3d3LmV4YW1wbGUudGVzdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABHN8MHGzO8pirUML7GI2bT7PxW6pnEGRtpYg
7L3cFDFzDF7RflwR7XaNouuoelbKYuBxiPuZNWqz0YlkmA9H/fSjcDBuMB0GA1Ud
DgQWBBQGclxDYAelSIJyDkveCajR+fcoNDAfBgNVHSMEGDAWgBQGclxDYAelSIJy
DkveCajR+fcoNDAPBgNVHRMBAf8EBTADAQH/MBsGA1UdEQQUMBKCEHd3dy5leGFt
cGxlLnRlc3QwCgYIKoZIzj0EAwIDSAAwRQIgcONWehig+bnUZojt7K2xLyY2UshA
fv7gZfme5tq6k4ECIQCufld08rGaTdIoi1DDdwFPnnYPKvn3smoZYpGFU4I1HA==
-----END CERTIFICATE-----
"""
# No keys at all, and enough of them to tell of what kind they would be.
_EC_KEY = "-----BEGIN EC PRIVATE KEY-----\nMAYCAQEEAQE=\n-----END EC PRIVATE KEY-----\n"
_RSA_KEY = "-----BEGIN RSA PRIVATE KEY-----\nMAYCAQACAQM=\n-----END RSA PRIVATE KEY-----\n"
_SITE = (
    "<VirtualHost *:443>\n    ServerName a.example.test\n    SSLEngine on\n"
    "    SSLCertificateFile /etc/ssl/a.pem\n    SSLCertificateKeyFile /etc/ssl/a.key\n</VirtualHost>\n"
)


RULE = Rule(
    id="certificate-key-mismatch",
    group="tls",
    severity=Severity.ERROR,
    title="A certificate with another certificate's key",
    why="The test of the configuration passes, and at the next start mod_ssl ends the whole server, because the key "
    "is not the certificate's (AH02565). It comes with a renewal of which one half was delivered, and with a chain in "
    "which the site's own certificate does not stand first. A reload takes a running server down in the same way.",
    remedy="Deliver both together; in the certificate's file the site's own certificate stands first.",
    symptoms=(Symptom.NO_START, Symptom.TLS),
    source="https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslcertificatekeyfile",
    good=(
        Case(text=_SITE, files={"/etc/ssl/a.pem": _CERTIFICATE, "/etc/ssl/a.key": _EC_KEY}),
        Case(text=_SITE, files={"/etc/ssl/a.pem": _CERTIFICATE}),
    ),
    bad=(
        Case(text=_SITE, files={"/etc/ssl/a.pem": _CERTIFICATE, "/etc/ssl/a.key": _RSA_KEY}),
        Case(
            text=_SITE.replace("    SSLCertificateKeyFile /etc/ssl/a.key\n", ""),
            files={"/etc/ssl/a.pem": _CERTIFICATE},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
