"""The Listen directives of a configuration, and which changes of them a running httpd does not survive.

httpd keeps the listeners that stay as they are and opens the new ones before it closes the old: a port that moves
between all addresses and one of them is still taken then, by itself. That passes configtest and kills on graceful.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Tuple

    from .directives import Directive, Reader

    Address = Tuple[str, int]

_ANY = ("*", "0.0.0.0", "::")  # noqa: S104 -- compared, not bound
_HTTPS = 443


class Listener:
    """One Listen: `host` is "*" where none is given, `secure` whether it speaks TLS by its protocol."""

    def __init__(self, host: str, port: int, *, secure: bool) -> None:
        self.host = host
        self.port = port
        self.secure = secure

    @property
    def address(self) -> Address:
        """Host and port."""
        return self.host, self.port


def listeners(directives: Iterable[Directive], reader: Reader) -> list[Listener]:
    """The Listen directives; one whose port is not a number is left out."""
    found = []
    for directive in directives:
        if directive.name == "listen" and directive.args:
            host, _, port = reader.expand(directive.args[0]).rpartition(":")
            if port.isdigit():
                protocol = directive.args[1].lower() if len(directive.args) > 1 else ""
                secure = protocol == "https" or (not protocol and int(port) == _HTTPS)
                found.append(Listener(host.strip("[]") or "*", int(port), secure=secure))
    return found


def clashes(before: Iterable[Address], after: Iterable[Address]) -> list[str]:
    """Sentences for each new address that cannot be bound while the old ones are."""
    old = set(before)
    return [
        f"Listen on port {port} moves from {_name(other)} to {_name(host)}, which a running httpd does not survive"
        for host, port in sorted(set(after) - old)
        for other in sorted(one for one, number in old if number == port)
        if host in _ANY or other in _ANY
    ]


def _name(host: str) -> str:
    return "all addresses" if host in _ANY[::2] else host
