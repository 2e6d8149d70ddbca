"""Files that httpd reads, or would after a rename, and that neither safedeploy nor the host's first state knows."""

from __future__ import annotations

import os

from . import places, surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from ..store import Store

    Json = dict[str, Any]

MOST = 200


def files(store: Store, effective: Json, managed: Mapping[str, Json], notes: list[str]) -> list[Json]:
    """[{"path", "how": "loaded|beside|dangling|htaccess", "because"}] of files that are not among `managed`."""
    record = surroundings.load(store)
    if record is None:
        notes.append(
            "extra files cannot be told on this host: what lay beside the managed files was not written down (it is, "
            "with the next push that changes something here)"
        )
        return []
    found = [*_included(store, record, managed), *_documents(effective, record, managed, notes)]
    if len(found) > MOST:
        notes.append(f"{len(found)} extra files; {MOST} are named")
    return found[:MOST]


def _included(store: Store, record: Json, managed: Mapping[str, Json]) -> Iterator[Json]:
    _, seen = places.included(store.site)
    for one in seen:
        directory, name = os.path.split(one.path)
        known = record["directories"].get(directory)
        if known is not None and name not in known and one.path not in managed:
            yield {"path": one.path, "how": one.how, "because": one.because}


def _documents(effective: Json, record: Json, managed: Mapping[str, Json], notes: list[str]) -> Iterator[Json]:
    if not effective["ok"]:
        return
    for below in places.documents(effective):
        known = record["documents"].get(below.root)
        if known is None:
            continue
        if not (known["whole"] and below.whole):
            notes.append(f"extra .htaccess files below {below.root} cannot be told: there are too many files")
        if not known["whole"]:
            continue
        for path in below.files:
            if path not in known["files"] and path not in managed:
                yield {"path": path, "how": "htaccess", "because": below.root}
