"""Which questions are asked when there are more than may be: each once, the important first, fairly.

Pure. Fair means: in turn one of each kind, and within a kind one of each place in turn.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Collection, Iterable, Mapping, Sequence

    Json = dict[str, Any]

# In the order of importance, which is also the order in which they are asked; what holds connections comes last.
KINDS = (
    "health", "declared", "name", "htaccess", "pushed", "proxied", "location", "alias", "log", "file", "directory",
    "decoy", "envelope", "open-proxy", "crowd",
)  # fmt: skip
_ALWAYS = ("health", "declared")
# Of all questions, for the places that the push touches.
_TOUCHED = 0.75


def distinct(asked: Iterable[Json]) -> list[Json]:
    """Each request once, for its most important reason."""
    found: dict[object, Json] = {}
    for one in sorted(asked, key=lambda probe: KINDS.index(probe["why"])):
        kept = found.setdefault(_request(one), one)
        if kept is not one and kept["file"] is None:
            kept["file"] = one["file"]
    return list(found.values())


def chosen(asked: Sequence[Json], most: int, touched: Collection[str] = ()) -> tuple[list[Json], list[str]]:
    """At most `most` of the distinct questions in the order to ask them, and what was left out, in sentences.

    Where not all may be asked, the places that the push touches have most of them.
    """
    queues = {kind: _in_turn([one for one in asked if one["why"] == kind]) for kind in KINDS}
    taken: list[Json] = []
    for kind in _ALWAYS:
        taken += queues.pop(kind)
    del taken[most:]
    if len(asked) > most:
        near = {kind: [one for one in queue if one.get("place") in touched] for kind, queue in queues.items()}
        queues = {kind: [one for one in queue if one.get("place") not in touched] for kind, queue in queues.items()}
        _fill(taken, near, int(most * _TOUCHED))
        queues = {kind: queue + near[kind] for kind, queue in queues.items()}
    _fill(taken, queues, most)
    left = {kind: len(queue) for kind, queue in queues.items() if queue}
    notes = []
    if left:
        counted = ", ".join(f"{count} of {kind}" for kind, count in left.items())
        notes.append(f"{sum(left.values())} probes are beyond the limit of {most} and not asked: {counted}")
    return sorted(taken, key=lambda probe: KINDS.index(probe["why"])), notes


def _fill(taken: list[Json], queues: Mapping[str, list[Json]], most: int) -> None:
    """Take one of each kind in turn until there are that many."""
    while len(taken) < most and any(queues.values()):
        for queue in queues.values():
            if queue and len(taken) < most:
                taken.append(queue.pop(0))


def _in_turn(asked: list[Json]) -> list[Json]:
    """One of each place in turn; within a place by rank, then as they came."""
    places: dict[str, list[Json]] = {}
    for one in sorted(asked, key=lambda probe: probe.get("rank", 0)):
        places.setdefault(one.get("place", ""), []).append(one)
    found = []
    while places:
        for key in list(places):
            found.append(places[key].pop(0))
            if not places[key]:
                del places[key]
    return found


def _request(one: Json) -> object:
    """What makes two questions the same: everything that is sent, and by whom to whom."""
    headers = tuple(sorted(one["headers"].items()))
    keys = ("method", "url", "address", "source", "body_bytes", "absolute", "at_once", "hold")
    return (*(one[key] for key in keys), headers)
