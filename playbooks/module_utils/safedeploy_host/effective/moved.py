"""Names that another virtual host answers in the candidate, and servers that became the default. Pure."""

from __future__ import annotations

from .paired import called, endpoint
from .which import Choice, answers_to, bare

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
    before, after = Choice(live), Choice(candidate)
    names = sorted({bare(name) for host in live["vhosts"] for name in (host["name"], *host["aliases"])})
    for port in sorted(_ports(live) & _ports(candidate)):
        everywhere: dict[str, tuple[Json | None, Json | None]] = {}
        for address in ("*", *sorted(_addresses(live, port) | _addresses(candidate, port))):
            group, now = before.at(address, port), after.at(address, port)
            for name in names if group is not None else ():
                known = group.knows(name) if group else None
                if group is None or known is None:
                    continue
                answers = (group.hosts[known], now.which(name) if now else None)
                if address == "*":
                    everywhere[name] = answers
                elif everywhere.get(name) == answers:
                    continue
                if not pairs.same(*answers):
                    yield Move(name, (address, port), *answers)


def defaults(live: Json, candidate: Json, pairs: Pairs) -> Iterator[Move]:
    """Where requests for a name that nobody has go to another virtual host than before; `name` is empty."""
    choices = Choice(live), Choice(candidate)
    for port in sorted(_ports(live) & _ports(candidate)):
        for address in ("*", *sorted(_addresses(live, port) & _addresses(candidate, port))):
            groups = [choice.at(address, port) for choice in choices]
            before, after = (group.hosts[0] if group else None for group in groups)
            if not pairs.same(before, after):
                yield Move("", (address, port), before, after)


def sentence(names: list[str], move: Move) -> str:
    """The move of some names for people."""
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more names" if len(names) > 3 else "")
    verb = "answers" if len(names) == 1 else "answer"
    how = "" if move.by_name else ", which is only the default there" if move.after else ""
    return f"{shown} on {move.shown} now {verb} from {called(move.after)}{how}; before from {called(move.before)}"


def _ports(effective: Json) -> set[int]:
    return {one["port"] for one in effective["listen"]}


def _addresses(effective: Json, port: int) -> set[str]:
    return {host["address"] for host in effective["vhosts"] if host["address"] != "*" and host["port"] in (0, port)}
