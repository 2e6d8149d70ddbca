"""Whether a URL is one of this server's own, where it is asked for, and which virtual host answers it."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..effective.which import Choice, answers_to, bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

_ANY = ("", "*", "0.0.0.0", "::", "[::]", "_default_")  # noqa: S104 -- compared with, not bound


class Served:
    """The names, ports and addresses of one effective configuration; None knows nothing but what is asked itself."""

    def __init__(self, effective: Json | None) -> None:
        self.effective = effective or {}
        self.hosts: list[Json] = self.effective.get("vhosts") or []
        self.listen: list[Json] = self.effective.get("listen") or []
        self._choice = Choice(self.effective) if self.hosts else None

    def here(self, url: str, own: str) -> bool:
        """Whether this server answers the URL: a name of its own, or that of the URL `own`, on a port that it has."""
        parts, origin = urlsplit(url), urlsplit(own)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return False
        if port_of(url) not in ({one["port"] for one in self.listen} or {port_of(own)}):
            return False
        return parts.hostname == origin.hostname or self.named(parts.hostname)

    def named(self, host: str) -> bool:
        """Whether a virtual host has this name."""
        return any(owns(one, host) for one in self.hosts)

    def address(self, port: int, preferred: str) -> str:
        """Where to connect to for a port: the preferred address unless only others are listened on."""
        hosts = [str(one.get("host") or "").strip("[]") for one in self.listen if one["port"] == port]
        if not hosts or any(host in _ANY or host == preferred for host in hosts):
            return preferred
        return hosts[0]

    def virtual_host(self, url: str, address: str) -> Json | None:
        """The virtual host that httpd picks, or None when that is not known."""
        host = urlsplit(url).hostname
        return self._choice.which(address, port_of(url), host) if host and self._choice else None


def port_of(url: str) -> int:
    """The port of a URL."""
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def place(host: Json | None) -> str | None:
    """Where a virtual host stands, as file:line."""
    return f"{host['file']}:{host['line']}" if host else None


def owns(host: Json, name: str) -> bool:
    """Whether a virtual host bears this name, by ServerName or by ServerAlias."""
    return answers_to(host, bare(name))
