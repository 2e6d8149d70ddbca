"""SSLEngine on, and no certificate."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import tls
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# These bring certificates without SSLCertificateFile.
_OTHER_SOURCES = ("MDomain", "<MDomainSet", "MDomainSet", "SSLPolicy")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each server that is to speak TLS and has no SSLCertificateFile, of its own or of the main server."""
    if configuration.named(*_OTHER_SOURCES):
        return
    for speaker in tls.speakers(configuration):
        if speaker.server.named("sslcertificatefile"):
            continue
        # An inherited SSLEngine is told at the host that lacks the certificate.
        host = speaker.server.host
        inherited = host is not None and speaker.engine.context.host is None
        yield Hit(
            at=host.statement if host is not None and inherited else speaker.engine,
            message=f"SSLEngine is on in {speaker.server.shown}, and SSLCertificateFile is nowhere in it",
            severity=None if speaker.sure and configuration.complete else Severity.WARNING,
        )


RULE = Rule(
    id="tls-without-certificate",
    group="tls",
    severity=Severity.ERROR,
    title="SSLEngine is on, and there is no certificate",
    why="The test of the configuration passes, and at the next start mod_ssl ends the whole server, every other site "
    "included: it finds no certificate for this one (AH02572). A reload takes a running server down in the same way.",
    remedy="Write `SSLCertificateFile` and `SSLCertificateKeyFile` beside `SSLEngine on`.",
    symptoms=(Symptom.NO_START, Symptom.TLS),
    source="https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslengine",
    good=(
        Case(
            text="<VirtualHost *:443>\n    ServerName a.example.test\n    SSLEngine on\n"
            "    SSLCertificateFile /etc/ssl/a.pem\n</VirtualHost>\n"
        ),
        Case(
            text="SSLCertificateFile /etc/ssl/a.pem\n<VirtualHost *:443>\n    ServerName a.example.test\n"
            "    SSLEngine on\n</VirtualHost>\n"
        ),
        Case(text="MDomain a.example.test\n<VirtualHost *:443>\n    SSLEngine on\n</VirtualHost>\n"),
        Case(text="<VirtualHost *:443>\n    SSLEngine optional\n</VirtualHost>\n"),
    ),
    bad=(
        Case(
            text="<VirtualHost *:443>\n    ServerName a.example.test\n    SSLEngine on\n</VirtualHost>\n",
            closed=("/etc/apache2",),
        ),
        Case(text="SSLEngine on\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
