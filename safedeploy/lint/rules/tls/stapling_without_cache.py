"""SSLUseStapling without a cache."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import tls
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each SSLUseStapling that is on in a server with TLS, where the configuration has no SSLStaplingCache."""
    if configuration.named("SSLStaplingCache"):
        return
    for speaker in tls.speakers(configuration):
        stapling = speaker.last("sslusestapling")
        if stapling is None or stapling.argument.lower() != "on":
            continue
        yield Hit(
            at=stapling,
            message=f"SSLUseStapling is on in {speaker.server.shown}, and there is no SSLStaplingCache",
            severity=None if speaker.sure and configuration.complete else Severity.WARNING,
        )


RULE = Rule(
    id="stapling-without-cache",
    group="tls",
    severity=Severity.ERROR,
    title="Stapling without a cache",
    why="The test of the configuration passes, and at the next start mod_ssl ends the whole server, because it has "
    "nowhere to keep the answers that it staples (AH01958). A reload takes a running server down in the same way.",
    remedy='Write `SSLStaplingCache "shmcb:/var/run/apache2/stapling(32768)"` outside of all virtual hosts.',
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslstaplingcache",
    good=(
        Case(
            text="SSLStaplingCache shmcb:/run/stapling(32768)\n<VirtualHost *:443>\n    SSLEngine on\n"
            "    SSLCertificateFile /etc/ssl/a.pem\n    SSLUseStapling on\n</VirtualHost>\n"
        ),
        Case(text="SSLUseStapling on\n<VirtualHost *:80>\n    ServerName a.example.test\n</VirtualHost>\n"),
    ),
    bad=(
        Case(
            text="<VirtualHost *:443>\n    SSLEngine on\n    SSLCertificateFile /etc/ssl/a.pem\n"
            "    SSLUseStapling on\n</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
