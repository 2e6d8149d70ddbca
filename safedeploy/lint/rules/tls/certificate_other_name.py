"""A certificate for other names than the site's."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import tls
from safedeploy.lint.certificates import certificate, covers
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

_SHOWN = 4


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each virtual host with TLS whose ServerName is in none of its certificates."""
    for speaker in tls.speakers(configuration):
        host = speaker.server.host
        if host is None or host.name is None or not _is_public(host.name):
            continue
        if host.server_name is None or not host.server_name.certain:
            continue
        pairs = list(speaker.pairs())
        read = [certificate(tls.content(configuration, one) or b"") for one, _ in pairs]
        known = [one for one in read if one is not None]
        if not known or len(known) < len(read) or any(covers(one.names, host.name) for one in known):
            continue
        names = list(dict.fromkeys(name for one in known for name in one.names))
        shown = ", ".join(names[:_SHOWN]) or "no name"
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield Hit(
            at=pairs[-1][0],
            message=f"the certificate is for {shown}{more}, and the site is {host.name}",
        )


def _is_public(name: str) -> bool:
    """Whether a browser would ask for a site by this name: not by `localhost` or `_`."""
    return "." in name and not name.replace(".", "").isdigit()


_SITE = (
    "<VirtualHost *:443>\n    ServerName {}\n    SSLEngine on\n"
    "    SSLCertificateFile /etc/ssl/a.pem\n    SSLCertificateKeyFile /etc/ssl/a.key\n</VirtualHost>\n"
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

RULE = Rule(
    id="certificate-other-name",
    group="tls",
    severity=Severity.WARNING,
    title="The certificate is for other names than the site's",
    why="Every browser stops with a warning that the site is not who it says it is, and programs refuse to talk to it.",
    remedy="Have a certificate issued that has this name among its alternative names.",
    symptoms=(Symptom.TLS,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslcertificatefile",
    good=(Case(text=_SITE.format("www.example.test"), files={"/etc/ssl/a.pem": _CERTIFICATE}),),
    bad=(Case(text=_SITE.format("shop.example.test"), files={"/etc/ssl/a.pem": _CERTIFICATE}),),
    check=check,
)
