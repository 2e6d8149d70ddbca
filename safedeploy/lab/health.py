"""Whether the hosts of a lab are on and their servers answer, asked over the network as a client would."""

from __future__ import annotations

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from safedeploy.lab.fleet import Lab
from safedeploy.lab.host import LabHost

SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What answers on one host. `httpd` is any HTTP answer; `backend` is a good one through the proxy."""

    on: bool
    sshd: bool
    httpd: bool
    backend: bool


def look(lab: Lab) -> dict[str, Seen]:
    """Ask all hosts at the same time."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        return dict(
            zip([host.name for host in lab.hosts], pool.map(lambda host: _look(lab, host), lab.hosts), strict=True)
        )


def _look(lab: Lab, host: LabHost) -> Seen:
    if not lab.running(host.name):
        return Seen(on=False, sshd=False, httpd=False, backend=False)
    return Seen(
        on=True,
        sshd=_greets(host),
        httpd=status_of(host, "localhost") is not None,
        backend=status_of(host, "api.lab.test") == 200,
    )


def _greets(host: LabHost) -> bool:
    try:
        with socket.create_connection((host.address, host.ssh_port), timeout=SECONDS) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def status_of(host: LabHost, site: str, path: str = "/") -> int | None:
    """The status of a plain GET of a site on a host, or None without an answer."""
    connection = http.client.HTTPConnection(host.address, host.http_port, timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"Host": site})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
