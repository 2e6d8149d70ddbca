"""`which` against httpd itself: every name at every address and port, asked of a running server."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest
from safedeploy_host.effective import configuration
from safedeploy_host.effective.which import Choice

from tests.apache_fixture import Apache, free_port

pytestmark = pytest.mark.apache

NAMES = (
    "first.test", "second.test", "SECOND.Test.", "alias.test", "x.wild.test", "y.wild.test", "deep.x.wild.test",
    "a7.test", "a77.test", "both.test", "bound.test", "any.test", "nameless.test", "main.test", "unknown.test",
    "127.0.0.2",
)  # fmt: skip
# Each section is told by the number in its redirect.
SITES = """
ServerName main.test
<VirtualHost *:{one}>
    ServerName first.test
    ServerAlias both.test
</VirtualHost>
<VirtualHost *:{one} *:{two}>
    ServerName second.test
    ServerAlias alias.test *.wild.test both.test
</VirtualHost>
<VirtualHost *:{one}>
    ServerName x.wild.test
    ServerAlias a?.test
</VirtualHost>
<VirtualHost *:{one}>
</VirtualHost>
<VirtualHost 127.0.0.2:{one}>
    ServerName bound.test
</VirtualHost>
<VirtualHost 127.0.0.2:{one}>
    ServerName first.test
</VirtualHost>
<VirtualHost 127.0.0.3:*>
    ServerName any.test
    ServerAlias second.test
</VirtualHost>
<VirtualHost 127.0.0.3:{two}>
    ServerName second.test
</VirtualHost>
<VirtualHost _default_:{three}>
    ServerName other.test
</VirtualHost>
<VirtualHost *>
    ServerName last.test
    ServerAlias first.test
</VirtualHost>
"""


@pytest.fixture(params=["as written", "the other way round"])
def ports(apache: Apache, request: pytest.FixtureRequest) -> Iterator[list[int]]:
    ports = [apache.port, *(free_port() for _ in range(3))]
    addresses = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
    apache.write("ports.conf", "".join(f"Listen {address}:{port}\n" for port in ports for address in addresses))
    head, *sites = SITES.format(one=ports[0], two=ports[1], three=ports[2]).split("<VirtualHost")
    sites = [site.replace("\n", f"\n    Redirect / http://{number}/\n", 1) for number, site in enumerate(sites)]
    if request.param != "as written":
        sites.reverse()
    apache.write("sites-available/www.example.test.conf", "<VirtualHost".join([head, *sites]))
    apache.start()
    yield ports
    apache.kill()


def answering(address: str, port: int, name: str) -> str | None:
    """Where the section that httpd has picked redirects to."""
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        connection.putrequest("GET", "/", skip_host=True)
        connection.putheader("Host", name)
        connection.endheaders()
        return connection.getresponse().getheader("Location")
    finally:
        connection.close()


def test_it_picks_what_httpd_picks(apache: Apache, ports: list[int]) -> None:
    effective = configuration.read(apache.site)
    redirects = {
        (node["file"], node["line"]): one["args"][-1]
        for node in effective["tree"]
        for one in node["children"] or ()
        if node["name"] == "virtualhost" and one["name"] == "redirect"
    }
    wrong = []
    for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
        for port in ports:
            for name in NAMES:
                host = Choice(effective).which(address, port, name)
                expected = redirects[host["file"], host["line"]] if host else None
                found = answering(address, port, name)
                if found != expected:
                    wrong.append((address, port, name, found, expected))

    assert len(set(redirects.values())) == SITES.count("</VirtualHost>")
    assert not wrong, "\n".join(map(str, wrong))
