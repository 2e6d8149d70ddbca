"""What was changed lately in an environment, by its history: for a cause, and for an alert that wants to name it.

No host is asked. A history that is off or out of reach is no error here: then nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from safedeploy.adapters.history import changes as stored
from safedeploy.adapters.history import runs
from safedeploy.core.changed_lines import hunks
from safedeploy.core.diagnose.evidence import Change
from safedeploy.core.diff import telling
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
    """What changed hosts since `since` (seconds since 1970), runs that are changing them now among it."""
    try:
        with opened(policy) as (store, _), store.reading() as connection:
            if connection is None:
                return Lately(changes=())
            at = datetime.fromtimestamp(since, UTC)
            found = stored.changing(connection, policy.project, policy.environment, at)
            changing = stored.under_way(connection, policy.project, policy.environment, at)
            every = [_change(connection, run) for run in found]
            every += [_under_way(connection, run, hosts) for run, hosts in changing]
            changes = tuple(sorted(every, key=lambda one: one.at, reverse=True))
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
    lines = _lines(connection, run, host, by_host[host][:_MOST_PATHS]) if host else []
    return _of(run, list(by_host), paths, lines)


def _under_way(connection: Connection, run: Run, hosts: list[str]) -> Change:
    """A run that has not ended: what it changes is in its plan."""
    plan = runs.documents(connection, run.run).get("plan") or {}
    actions = [action for one in (plan.get("hosts") or {}).values() for action in one.get("actions") or ()]
    return _of(run, hosts, list(dict.fromkeys(str(action["path"]) for action in actions)), _planned(plan))


def _of(run: Run, hosts: list[str], paths: list[str], lines: list[str]) -> Change:
    return Change(
        run=run.run,
        command=run.command,
        actor=run.actor,
        reason=run.reason,
        at=run.started.timestamp(),
        ended=run.ended.timestamp() if run.ended else None,
        release=run.release,
        hosts=tuple(hosts),
        paths=tuple(paths[:_MOST_PATHS]),
        lines=tuple(lines),
    )


def _planned(plan: dict[str, Any]) -> list[str]:
    """The first lines that a plan adds, or else removes, each with its place."""
    found: list[str] = []
    for diff in plan.get("diffs") or ():
        lines = telling(str(diff.get("text") or ""))
        shown = [one for one in lines if one[0] == "+"] or lines
        found += [f"{diff['path']}:{number}: {sign} {text[:_LONGEST]}" for sign, number, text in shown]
    return found[:_MOST_LINES]


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
