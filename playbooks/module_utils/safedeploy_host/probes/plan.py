"""What to ask both shadows, from what the two configurations, the push, the policy and the access logs speak of.

Decides and asks nothing. Reads the file system below the directories that are served, and the tails of access logs.
"""

from __future__ import annotations

import secrets

from .. import plain_file
from . import (
    access_log,
    addresses,
    budget,
    clients,
    contents,
    declared,
    fitting,
    limits,
    methods,
    names,
    paths,
    places,
    question,
    touched,
    world,
)
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
    it a changed .htaccess is read as it is on the disk. `nonce` is in the names of decoys; a new one if empty.
    """
    probing = request.get("probing") or {}
    own = addresses.own()
    first = addresses.primary(own)
    nonce = nonce or f"sd{secrets.token_hex(5)}"
    found = places.places(live, candidate, first)
    disk = contents.Disk(changes, _reader(changes, open_object))
    sample = access_log.Sample(found, changes)
    asked = [
        *declared.health(request.get("health") or [], site),
        *declared.expectations(request.get("expect") or [], found, first),
        *fitting.as_through_proxy(_content(found, disk), found, disk.texts),
        *sample.questions(
            _server_root(site, live), SAMPLE if probing.get("sample") is None else int(probing["sample"])
        ),
    ]
    laid = Decoys(nonce)
    for place in found:
        asked += [*laid.questions(place), *methods.questions(place)]
    asked += [*limits.envelopes(found, laid), *limits.crowds(found, laid), *limits.open_proxies(found)]
    probes, left_out = budget.chosen(
        budget.distinct(asked), int(probing.get("max") or MOST), touched.touched(found, changes)
    )
    real = fitting.Real(found, disk.texts)
    needed, unmade = world.world(own, (live, candidate), probes, laid.files)
    notes = [*disk.notes, *sample.notes, *unmade, *left_out]
    return {"probes": _finished(probes, found, real, nonce), "world": needed, "notes": notes}


def _content(found: list[places.Place], disk: contents.Disk) -> list[Json]:
    """What visitors ask: names, paths and files."""
    asked = [*names.questions(found)]
    for place in found:
        asked += [*paths.questions(place), *disk.questions(place), *clients.questions(place)]
    return asked


def _finished(probes: list[Json], found: list[places.Place], real: fitting.Real, nonce: str) -> list[Json]:
    """The probes with their ids, what is shown, and which of them may be asked of the real server too."""
    ordinary = {place.key: place.address for place in found}
    left = LIVE_TOO
    for number, probe in enumerate(probes, 1):
        probe["id"] = f"{probe['why']}-{number}"
        probe["shown"] = question.shown(probe, ordinary.get(probe.get("place", ""), probe["address"]), nonce)
        if left > 0 and real.alike(probe):
            probe["live_too"] = True
            left -= 1
        for key in _INTERNAL:
            probe.pop(key, None)
    return probes


def _server_root(site: Json, live: Json | None) -> str:
    return str(((live or {}).get("run") or {}).get("ServerRoot") or site.get("server_root") or "/")


def _reader(changes: Mapping[str, Json], open_object: OpenObject | None) -> Callable[[str], str]:
    """Reads a text as the candidate will have it; empty when it cannot be read."""

    def read(path: str) -> str:
        entry = changes.get(path)
        try:
            if entry is not None and open_object is not None and entry["kind"] == "file":
                return open_object(entry["sha256"])[:_LARGEST_TEXT].decode("utf-8", "replace")
            return plain_file.read(path)[:_LARGEST_TEXT].decode("utf-8", "replace")
        except OSError:
            return ""

    return read
