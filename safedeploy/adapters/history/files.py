"""Read the trees of hosts and the texts of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from safedeploy.adapters.history.deliver import unpacked
from safedeploy.adapters.history.tables import HOST_TREES, TEXTS, TREES
from safedeploy.core.line_history import HostTree

AT_ONCE = 500


def host_trees(connection: Connection, project: str, environment: str) -> dict[str, list[HostTree]]:
    """What the runs left on each host of an environment, the oldest first; without what nobody has confirmed."""
    query = (
        select(HOST_TREES)
        .where(HOST_TREES.c.project == project, HOST_TREES.c.environment == environment)
        .where(HOST_TREES.c.end == "confirmed")
        .order_by(HOST_TREES.c.at, HOST_TREES.c.run)
    )
    found: dict[str, list[HostTree]] = {}
    for row in connection.execute(query).mappings():
        names = ("run", "host", "at", "tree", "before", "before_release")
        found.setdefault(row["host"], []).append(HostTree(**{name: row[name] for name in names}))
    return found


def trees(connection: Connection, digests: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Recorded trees by their digests."""
    found: dict[str, dict[str, Any]] = {}
    for some in _batches(digests):
        rows = connection.execute(select(TREES).where(TREES.c.digest.in_(some)))
        found.update({row.digest: unpacked(row.body) for row in rows})
    return found


def texts(connection: Connection, project: str, environment: str, names: Iterable[str]) -> dict[str, str]:
    """The masked texts that are known of these digests."""
    found: dict[str, str] = {}
    mine = (TEXTS.c.project == project, TEXTS.c.environment == environment)
    for some in _batches(names):
        rows = connection.execute(select(TEXTS.c.sha256, TEXTS.c.body).where(*mine, TEXTS.c.sha256.in_(some)))
        found.update({row.sha256: unpacked(row.body) for row in rows})
    return found


def _batches(values: Iterable[str]) -> Iterator[list[str]]:
    """As many at once as a statement takes."""
    left = iter(sorted(set(values)))
    while some := list(islice(left, AT_ONCE)):
        yield some
