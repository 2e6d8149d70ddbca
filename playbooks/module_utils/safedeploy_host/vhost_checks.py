"""The checks that nobody wrote: one for each name and port of the live configuration's virtual hosts.

What a site should answer is not known, so such a check fails only on no answer, a TLS error or a 5xx, and counts only
against a baseline (health.regressions).
"""

from __future__ import annotations

from .directives import Reader
from .listeners import listeners

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from .directives import Directive
    from .dumps import VirtualHost
    from .httpd import Httpd

    Json = dict[str, Any]

_HTTPS = 443
_PORTS = {"http": 80, "https": _HTTPS}


def derive(site: Json, httpd: Httpd) -> list[Json]:
    """The derived checks, in the order of the virtual hosts; for the main server's ports when there are none."""
    reader = Reader(site)
    directives = list(reader.directives())
    listening = {listener.port: listener.secure for listener in listeners(directives, reader)}
    secure = _tls_sections(directives)
    found: dict[tuple[str, int, str], Json] = {}
    for host in httpd.virtual_hosts():
        for port in [host.port] if host.port else sorted(listening):
            tls = secure.get((host.file, host.line), secure.get(("", 0), listening.get(port, port == _HTTPS)))
            found.setdefault((host.name, port, host.address), _check(host, port, tls=tls))
    return list(found.values()) or [_main_server(port, tls=tls) for port, tls in sorted(listening.items())]


def _check(host: VirtualHost, port: int, *, tls: bool) -> Json:
    return {
        "name": f"{host.name}:{port}",
        "url": _url(host.name, port, tls=tls),
        "derived": True,
        # A virtual host of one address is chosen by the address that the request comes in on.
        "address": None if host.address == "*" else host.address,
    }


def _main_server(port: int, *, tls: bool) -> Json:
    return {"name": f"port {port}", "url": _url("localhost", port, tls=tls), "derived": True, "address": None}


def _url(name: str, port: int, *, tls: bool) -> str:
    scheme = "https" if tls else "http"
    host = f"[{name}]" if ":" in name else name
    return f"{scheme}://{host}/" if port == _PORTS[scheme] else f"{scheme}://{host}:{port}/"


def _tls_sections(directives: Iterable[Directive]) -> dict[tuple[str, int], bool]:
    """What SSLEngine says, by the place where its <VirtualHost> begins; ("", 0) is the main server."""
    found = {}
    section = ("", 0)
    for directive in directives:
        if directive.name == "<virtualhost":
            section = (directive.file, directive.line)
        elif directive.name == "</virtualhost":
            section = ("", 0)
        elif directive.name == "sslengine" and directive.args:
            found[section] = directive.args[0].lower() != "off"
    return found
