"""A certificate or key that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

FILES = (
    "SSLCertificateFile",
    "SSLCertificateKeyFile",
    "SSLCertificateChainFile",
    "SSLCACertificateFile",
    "SSLCARevocationFile",
)


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each file of a certificate, key or list of authorities that certainly does not exist."""
    if configuration.module("ssl_module") is False:
        return
    for statement in configuration.named(*FILES):
        name = statement.argument
        if not statement.certain or not name or "${" in name or name.startswith("pkcs11:"):
            continue
        path = configuration.absolute(name)
        if facts.there(configuration.files, path) is False:
            yield Hit(
                at=statement,
                message=f"{statement.name} names {path}, and there is no such file",
            )


RULE = Rule(
    id="certificate-missing",
    group="startup",
    severity=Severity.ERROR,
    title="A certificate or key file is not there",
    why="httpd refuses the whole configuration, with every other site in it, when one site's certificate or key "
    "cannot be read. Often the site is rolled out before its certificate, or a renewal has moved it.",
    remedy="Deliver the file first, or correct the path.",
    symptoms=(Symptom.NO_START, Symptom.TLS),
    source="https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslcertificatefile",
    good=(
        Case(
            text="SSLCertificateFile /etc/apache2/tls/www.pem\n",
            files={"/etc/apache2/tls/www.pem": "-----BEGIN CERTIFICATE-----\n"},
            closed=("/etc/apache2",),
        ),
        Case(text="SSLCertificateFile /etc/letsencrypt/live/www/fullchain.pem\n"),
    ),
    bad=(Case(text="SSLCertificateFile /etc/apache2/tls/www.pem\n", closed=("/etc/apache2",)),),
    check=check,
    profile=Profile.MINIMAL,
)
