"""What was changed lately in an environment, by its history: for a cause, and for an alert that wants to name it.

No host is asked. A history that is off or out of reach is no error here: then nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from safedeploy.adapters.history import changes as stored
from safedeploy.core.changed_lines import hunks
from safedeploy.core.diagnose.evidence import Change
from safedeploy.core.errors import SafedeployError
from safedeploy.core.history import Run
from safedeploy.core.policy import Policy
from safedeploy.workflows.history import opened

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST_PATHS, _MOST_LINES = 50, 4
_LONGEST = 160


@dataclass(frozen=True, kw_only=True)
class Lately:
    """The changes since a moment, the newest first; None where no history can be read, and why. `last` of all."""

    changes: tuple[Change, ...] | None
    last: Change | None = None
    why: str = ""


def lately(policy: Policy, since: float) -> Lately:
    """What changed hosts since `since` (seconds since 1970)."""
    try:
        with opened(policy) as (store, _), store.reading() as connection:
            if connection is None:
                return Lately(changes=())
            at = datetime.fromtimestamp(since, UTC)
            found = stored.changing(connection, policy.project, policy.environment, at)
            changes = tuple(_change(connection, run) for run in found)
            if changes:
                return Lately(changes=changes, last=changes[0])
            last = stored.changing(connection, policy.project, policy.environment, None)
            return Lately(changes=(), last=_change(connection, last[0]) if last else None)
    except SafedeployError as error:
        return Lately(changes=None, why=error.what)


def _change(connection: Connection, run: Run) -> Change:
    by_host = stored.of_run(connection, run.run)
    paths = list(dict.fromkeys(path for some in by_host.values() for path in some))
    host = next(iter(by_host), None)
    return Change(
        run=run.run,
        command=run.command,
        actor=run.actor,
        reason=run.reason,
        at=run.started.timestamp(),
        ended=run.ended.timestamp() if run.ended else None,
        release=run.release,
        hosts=tuple(by_host),
        paths=tuple(paths[:_MOST_PATHS]),
        lines=tuple(_lines(connection, run, host, by_host[host][:_MOST_PATHS])) if host else (),
    )


def _lines(connection: Connection, run: Run, host: str, paths: list[str]) -> list[str]:
    """The first lines that were added, or else removed, each with its place."""
    found: list[str] = []
    for changed in stored.texts_of(connection, run, host, paths):
        for hunk in hunks(changed):
            telling = [line for line in hunk.lines if line.text.strip() and not line.text.lstrip().startswith("#")]
            shown = [line for line in telling if line.sign == "+"] or telling
            found += [f"{changed.path}:{line.number}: {line.sign} {line.text.strip()[:_LONGEST]}" for line in shown]
            if len(found) >= _MOST_LINES:
                return found[:_MOST_LINES]
    return found
