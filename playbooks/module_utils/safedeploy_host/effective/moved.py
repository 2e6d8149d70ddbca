"""Names that another virtual host answers in the candidate, and servers that became the default. Pure."""

from __future__ import annotations

from .paired import called, endpoint
from .which import answers_to, bare, hosts_at, which

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Tuple

    from .paired import Pairs

    Json = dict[str, Any]
    Endpoint = Tuple[str, int]


class Move:
    """A name that `before` answered in live and `after` answers now, at one address and port; None: the main server."""

    def __init__(self, name: str, at: Endpoint, before: Json | None, after: Json | None) -> None:
        self.name = name
        self.address, self.port = at
        self.before = before
        self.after = after

    @property
    def shown(self) -> str:
        """The address and port for people."""
        return f"port {self.port}" if self.address == "*" else endpoint(self.address, self.port)

    @property
    def by_name(self) -> bool:
        """Whether the candidate's virtual host knows the name, and is not just the default."""
        return self.after is not None and answers_to(self.after, self.name)


def moves(live: Json, candidate: Json, pairs: Pairs) -> Iterator[Move]:
    """The names of live's virtual hosts that another one answers now, by port, address and name.

    At an address of its own a move is told only where it differs from what happens at all other addresses.
    """
    ports = sorted(_ports(live) & _ports(candidate))
    names = sorted(_names(live))
    for port in ports:
        everywhere: dict[str, tuple[Json | None, Json | None]] = {}
        for address in ("*", *sorted(_addresses(live, port) | _addresses(candidate, port))):
            if address != "*" and not _served(live, address, port):
                continue
            for name in names:
                before, after = which(live, address, port, name), which(candidate, address, port, name)
                known = before is not None and answers_to(before, name)
                if address == "*":
                    everywhere[name] = (before, after)
                elif everywhere.get(name) == (before, after):
                    continue
                if known and not pairs.same(before, after):
                    yield Move(name, (address, port), before, after)


def defaults(live: Json, candidate: Json, pairs: Pairs) -> Iterator[Move]:
    """Where requests for a name that nobody has go to another virtual host than before; `name` is empty."""
    for port in sorted(_ports(live) & _ports(candidate)):
        for address in ("*", *sorted(_addresses(live, port) & _addresses(candidate, port))):
            before = next(iter(hosts_at(live, address, port)), None)
            after = next(iter(hosts_at(candidate, address, port)), None)
            if not pairs.same(before, after):
                yield Move("", (address, port), before, after)


def sentence(names: list[str], move: Move) -> str:
    """The move of some names for people."""
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more names" if len(names) > 3 else "")
    verb = "answers" if len(names) == 1 else "answer"
    how = "" if move.by_name else ", which is only the default there" if move.after else ""
    return f"{shown} on {move.shown} now {verb} from {called(move.after)}{how}; before from {called(move.before)}"


def _served(live: Json, address: str, port: int) -> bool:
    return bool(hosts_at(live, address, port))


def _names(effective: Json) -> set[str]:
    return {bare(name) for host in effective["vhosts"] for name in (host["name"], *host["aliases"])}


def _ports(effective: Json) -> set[int]:
    return {one["port"] for one in effective["listen"]}


def _addresses(effective: Json, port: int) -> set[str]:
    return {host["address"] for host in effective["vhosts"] if host["address"] != "*" and host["port"] in (0, port)}
