"""Whether a host serves all its sites, and which release its answers come from."""

from __future__ import annotations

import http.client
import ssl

from safedeploy.lab.host import LabHost
from safedeploy.lab.names import DOMAIN
from safedeploy.lab.traffic import ROUTES, ask

HEADER = "Content-Security-Policy"  # the new release differs from the old one by its value


def problems(host: LabHost, tls: ssl.SSLContext) -> list[str]:
    """Every route that is not answered as it should be, with why."""
    return [f"{route}: {why}" for route in ROUTES if (why := ask(host, route, tls))]


def policy_header(host: LabHost) -> str | None:
    """The header that tells the releases apart, as a visitor of app gets it now."""
    connection = http.client.HTTPConnection(host.address, host.http_port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": f"app.{DOMAIN}", "Connection": "close"})
        answer = connection.getresponse()
        answer.read()
        return answer.getheader(HEADER)
    finally:
        connection.close()
