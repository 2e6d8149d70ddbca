"""What to ask both shadows, from what the two configurations, the push, the policy and the access logs speak of.

Decides and asks nothing. Reads the file system below the directories that are served, and the tails of access logs.
"""

from __future__ import annotations

import secrets

from . import addresses, backends, budget, contents, declared, limits, names, paths, places, question
from .decoys import Decoys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

    Json = dict[str, Any]
    OpenObject = Callable[[str], bytes]

MOST = 200
SAMPLE = 40
LIVE_TOO = 60
_LARGEST_TEXT = 64 * 1024
_ORDINARY = frozenset(
    ["health", "name", "htaccess", "pushed", "proxied", "location", "alias", "file", "directory", "log"]
)
_INTERNAL = ("place", "rank", "from")


def plan(
    site: Json,
    live: Json | None,
    candidate: Json | None,
    changes: Mapping[str, Json],
    request: Mapping[str, Any],
    *,
    open_object: OpenObject | None = None,
    nonce: str = "",
) -> Json:
    """{"probes", "world", "notes"}: the questions in the order to ask them, and what the shadows need for them.

    `request` is the request's own value. `open_object` gives the content of a file of the push by its digest: without
    it a changed .htaccess is read as it is on the disk. `nonce` is what is in the names of decoys; a new one if empty.
    """
    probing = request.get("probing") or {}
    own = addresses.own()
    first = addresses.primary(own)
    nonce = nonce or f"sd{secrets.token_hex(5)}"
    found = places.places(live, candidate, first)
    disk = contents.Disk(changes, _reader(changes, open_object))
    decoys = Decoys(nonce)
    asked = [
        *declared.health(request.get("health") or [], site),
        *declared.expectations(request.get("expect") or [], found, first),
        *names.questions(found),
    ]
    for place in found:
        asked += [*paths.questions(place), *disk.questions(place), *decoys.questions(place)]
        asked += paths.methods(place)
    asked += [*limits.envelopes(found, decoys), *limits.crowds(found, decoys), *limits.open_proxies(found)]
    probes, left_out = budget.chosen(budget.distinct(asked), int(probing.get("max") or MOST))
    world, notes = _world(own, live, candidate, probes, decoys)
    return {"probes": _finished(probes, found, nonce), "world": world, "notes": [*disk.notes, *notes, *left_out]}


def _world(
    own: list[str], live: Json | None, candidate: Json | None, probes: list[Json], decoys: Decoys
) -> tuple[Json, list[str]]:
    reached = backends.Backends()
    for side in (live, candidate):
        reached.read(side)
    clients = [probe["source"] for probe in probes if probe["source"]]
    asked_at = [probe["address"] for probe in probes]
    world = {
        "addresses": [one for one in dict.fromkeys([*own, *asked_at]) if not _is_loopback(one)],
        "clients": [one for one in dict.fromkeys(clients) if not _is_loopback(one)],
        "backends": reached.servers,
        "sockets": reached.sockets,
        "decoys": decoys.files,
    }
    return world, reached.notes


def _is_loopback(address: str) -> bool:
    return address == "::1" or address.startswith("127.")


def _finished(probes: list[Json], found: list[places.Place], nonce: str) -> list[Json]:
    """The probes with their ids, what is shown, and which of them may be asked of the real server too."""
    ordinary = {place.key: place.address for place in found}
    left = LIVE_TOO
    for number, probe in enumerate(probes, 1):
        probe["id"] = f"{probe['why']}-{number}"
        probe["shown"] = question.shown(probe, ordinary.get(probe.get("place", ""), probe["address"]), nonce)
        if probe["why"] in _ORDINARY and left > 0 and nonce not in probe["url"]:
            probe["live_too"] = True
            left -= 1
        for key in _INTERNAL:
            probe.pop(key, None)
    return probes


def _reader(changes: Mapping[str, Json], open_object: OpenObject | None) -> Callable[[str], str]:
    """Reads a text as the candidate will have it; empty when it cannot be read."""

    def read(path: str) -> str:
        entry = changes.get(path)
        try:
            if entry is not None and open_object is not None and entry["kind"] == "file":
                return open_object(entry["sha256"])[:_LARGEST_TEXT].decode("utf-8", "replace")
            with open(path, "rb") as stream:
                return stream.read(_LARGEST_TEXT).decode("utf-8", "replace")
        except OSError:
            return ""

    return read
