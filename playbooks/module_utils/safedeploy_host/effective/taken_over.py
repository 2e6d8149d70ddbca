"""Names that a virtual host of one address takes from those of all addresses, just because it is the only one there."""

from __future__ import annotations

from . import moved
from .nodes import spot
from .paired import called
from .raised import ERROR, WARNING, finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

    from .paired import Pairs

    Json = dict[str, Any]


def taken_over(live: Json, candidate: Json, pairs: Pairs, addresses: Callable[[], set[str]]) -> Iterator[Json]:
    """One finding for each virtual host that takes names of others without knowing them.

    It is an error where it is sure that requests come in on that address: `addresses`, the host's main one and those
    that its names resolve to. Elsewhere the address may be there for this site alone.
    """
    taken: dict[tuple[str, int], list[moved.Move]] = {}
    for move in moved.moves(live, candidate, pairs):
        bound = move.after is not None and move.after["address"] == move.address
        if move.address != "*" and bound and not move.by_name:
            taken.setdefault((move.address, move.port), []).append(move)
    sure = addresses() if taken else set()
    for (address, port), moves in taken.items():
        after = moves[0].after
        names = sorted({move.name for move in moves})
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more names" if len(names) > 3 else "")
        yield finding(
            "address-takes-names",
            f"{called(after)} is bound to {address}:{port}, so it also answers {shown} there",
            severity=ERROR if address in sure else WARNING,
            place=spot(after["file"], after["line"]) if after else None,
            remedy=f"Write <VirtualHost *:{port}>, unless this address is for that site alone",
        )
