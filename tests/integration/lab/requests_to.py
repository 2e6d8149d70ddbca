"""Requests to a lab's host by site name: Host header, SNI, and the lab's certificate trusted, nothing else."""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass

from safedeploy.lab import Lab, LabHost


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    body: str
    location: str | None


class _Secure(http.client.HTTPSConnection):
    """Connects to an address, but asks for and verifies the name of a site."""

    def __init__(self, address: str, port: int, site: str, context: ssl.SSLContext) -> None:
        super().__init__(site, port, context=context, timeout=10)
        self._address, self._site, self._tls = address, site, context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), timeout=10)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self._site)


def get(host: LabHost, site: str, path: str = "/") -> Answer:
    return _ask(http.client.HTTPConnection(host.address, host.http_port, timeout=10), site, path)


def get_secure(lab: Lab, host: LabHost, site: str, path: str = "/") -> Answer:
    context = ssl.create_default_context(cafile=str(lab.certificate))
    return _ask(_Secure(host.address, host.https_port, site, context), site, path)


def _ask(connection: http.client.HTTPConnection, site: str, path: str) -> Answer:
    try:
        connection.request("GET", path, headers={"Host": site})
        response = connection.getresponse()
        return Answer(status=response.status, body=response.read().decode(), location=response.getheader("Location"))
    finally:
        connection.close()
