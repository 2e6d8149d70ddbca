"""Forget runs that are older than they are to be kept, but for those that set what is live now."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, text, update

from safedeploy.adapters.history import files
from safedeploy.adapters.history.deliver import GARBAGE_LOCK, add
from safedeploy.adapters.history.tables import CHANGES, DOCUMENTS, EVENTS, HOST_TREES, MARKS, RUNS, TEXTS, TREES
from safedeploy.core.line_history import needed

EVERY = timedelta(days=1)
AT_ONCE = 200


def due(connection: Connection, project: str, environment: str, now: datetime) -> bool:
    """Whether nobody has pruned this environment for a day; of several who ask at once one is told so."""
    name = f"pruned {project}/{environment}"
    taken = update(MARKS).where(MARKS.c.name == name, MARKS.c.at < now - EVERY).values(at=now).returning(MARKS.c.name)
    if connection.execute(taken).first() is not None:
        return True
    if connection.execute(select(MARKS.c.at).where(MARKS.c.name == name)).first() is not None:
        return False
    add(connection, MARKS, [{"name": name, "at": now}])
    return True


def prune(connection: Connection, project: str, environment: str, before: datetime) -> int:
    """Forget the runs of an environment that began earlier; how many. What only they had of files goes with them."""
    mine = (RUNS.c.project == project, RUNS.c.environment == environment)
    old = set(connection.execute(select(RUNS.c.run).where(*mine, RUNS.c.started < before)).scalars())
    if not old:
        return 0
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": GARBAGE_LOCK})
    gone = sorted(old - _needed(connection, project, environment))
    for start in range(0, len(gone), AT_ONCE):
        for table in (EVENTS, DOCUMENTS, CHANGES, HOST_TREES, RUNS):
            connection.execute(delete(table).where(table.c.run.in_(gone[start : start + AT_ONCE])))
    if gone:
        _forget_files(connection, project, environment)
    return len(gone)


def _needed(connection: Connection, project: str, environment: str) -> set[str]:
    rows = files.host_trees(connection, project, environment)
    trees = files.trees(connection, {name for ones in rows.values() for row in ones for name in (row.tree, row.before)})
    names = {str(one["sha256"]) for tree in trees.values() for one in tree.values() if one.get("sha256")}
    texts = files.texts(connection, project, environment, names)
    return set().union(*(needed(ones, trees, texts) for ones in rows.values()))


def _forget_files(connection: Connection, project: str, environment: str) -> None:
    """Trees that no run has any more, and texts that no tree of the environment has."""
    used = select(HOST_TREES.c.tree).union(select(HOST_TREES.c.before))
    connection.execute(delete(TREES).where(TREES.c.digest.not_in(used)))
    mine = (HOST_TREES.c.project == project, HOST_TREES.c.environment == environment)
    rows = connection.execute(select(HOST_TREES.c.tree, HOST_TREES.c.before).where(*mine)).all()
    trees = files.trees(connection, {name for row in rows for name in row})
    kept = {str(one["sha256"]) for tree in trees.values() for one in tree.values() if one.get("sha256")}
    ours = (TEXTS.c.project == project, TEXTS.c.environment == environment)
    gone = sorted(set(connection.execute(select(TEXTS.c.sha256).where(*ours)).scalars()) - kept)
    for start in range(0, len(gone), AT_ONCE):
        connection.execute(delete(TEXTS).where(*ours, TEXTS.c.sha256.in_(gone[start : start + AT_ONCE])))
