"""Read the history: of an environment, and of one run. What waits in the spool is delivered first.

No host is asked. The store is the environment's; a run is looked for in the stores of all environments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safedeploy.adapters import settings
from safedeploy.adapters.history import runs as stored
from safedeploy.adapters.history import spool
from safedeploy.adapters.history.place import StoreError, place, state_directory
from safedeploy.adapters.history.store import Store
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.history import Event, Run, Wanted, standing
from safedeploy.core.policy import Policy
from safedeploy.workflows.delivery import bring_left
from safedeploy.workflows.recorder import is_for

UNCHANGED = "No host was asked, and nothing was changed."


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The runs that were asked for, each with its summary; `notes` are what a person should know beside them."""

    runs: tuple[Run, ...]
    summaries: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """One run, with all that is known of it."""

    run: Run
    summary: str
    events: tuple[Event, ...] = ()
    documents: Mapping[str, Any] = field(default_factory=dict)


def listed(policy: Policy, wanted: Wanted) -> Listed:
    """The runs of an environment. Raises SafedeployError `history-off`, `history-unreachable`."""
    with opened(policy) as (store, notes):
        with store.reading() as connection:
            found = [] if connection is None else stored.runs(connection, wanted)
            unended = [run.run for run in found if run.ended is None]
            ends = {} if connection is None else stored.ends_of_unended(connection, unended)
        return Listed(
            runs=tuple(found),
            summaries={run.run: _standing(run, ends.get(run.run, [])) for run in found},
            notes=tuple(notes),
        )


def told(project: Path, name: str) -> Told:
    """One run, by its id, by the beginning of it, or `last`. Raises SafedeployError `no-such-run`, and as above."""
    found: list[tuple[Policy, Run]] = []
    loaded = settings.load(project)
    policies = [loaded.policy(environment) for environment in loaded.environments]
    for policy in policies:
        if not policy.history.enabled:
            continue
        with opened(policy) as (store, _), store.reading() as connection:
            if connection is not None:
                found += [(policy, run) for run in stored.named(connection, policy.project, name, [policy.environment])]
    if name == stored.LAST and found:
        found = [max(found, key=lambda one: one[1].started)]
    if len(found) != 1:
        raise _no_such_run(name, [run for _, run in found], [policy.environment for policy in policies])
    ((policy, run),) = found
    with opened(policy) as (store, _), store.reading() as connection:
        events = [] if connection is None else stored.events(connection, run.run)
        documents = {} if connection is None else stored.documents(connection, run.run)
    return Told(run=run, summary=_standing(run, events), events=tuple(events), documents=documents)


@contextmanager
def opened(policy: Policy) -> Iterator[tuple[Store, list[str]]]:
    """The store of an environment, with what waited in the spool, and notes about what could not be brought there."""
    if not policy.history.enabled:
        raise SafedeployError(
            "history-off",
            f"no history is kept of {policy.environment}: history.enabled is false",
            state=UNCHANGED,
            next_step="Set history.enabled in safedeploy.yml to true; runs are recorded from then on.",
        )
    store: Store | None = None
    try:
        at = place(policy.history)
        store = Store(at)
        yield store, _bring(store, {"project": policy.project, "environment": policy.environment, "store": at.id})
    except StoreError as error:
        raise _unreachable(policy, store, error) from error
    finally:
        if store is not None:
            store.close()


def _bring(store: Store, wanted: Mapping[str, Any]) -> list[str]:
    directory = state_directory() / "spool"
    try:
        bring_left(store, directory, lambda record: is_for(record, wanted))
    except (StoreError, OSError) as error:
        return [f"what waits in {directory} could not be delivered: {error}"]
    aside = len(list(directory.glob("*.damaged"))) if directory.is_dir() else 0
    return [f"{aside} spools in {directory} cannot be read any more (*.damaged)"] if aside else []


def lives(run: str) -> bool:
    """Whether the process of a run is alive on this machine."""
    path = state_directory() / "spool" / f"{run}.jsonl"
    if not path.exists():
        return False
    with spool.left(path) as found:
        return found is None and path.exists()


def _standing(run: Run, events: list[Event]) -> str:
    return standing(run, events, datetime.now(UTC), lives=run.ended is None and lives(run.run))


def _unreachable(policy: Policy, store: Store | None, error: StoreError) -> SafedeployError:
    where = "" if store is None else f" {store.place.shown}"
    return SafedeployError(
        "history-unreachable",
        f"the history{where} cannot be read: {error}",
        state=f"{UNCHANGED} Runs go on being recorded in the spool of each machine, and are delivered later.",
        next_step=f"Repair the database, or correct `history` of {policy.environment} in safedeploy.yml.",
        exit_code=ExitCode.UNREACHABLE,
    )


def _no_such_run(name: str, found: list[Run], environments: list[str]) -> SafedeployError:
    if found:
        listed = ", ".join(run.run for run in found)
        return SafedeployError(
            "no-such-run",
            f"more than one run begins with {name}: {listed}",
            state=UNCHANGED,
            next_step="Give more of its id.",
            exit_code=ExitCode.USAGE,
        )
    what = "no run is recorded yet" if name == stored.LAST else f"no run {name} is recorded"
    return SafedeployError(
        "no-such-run",
        f"{what} (looked in: {', '.join(environments)})",
        state=UNCHANGED,
        next_step="`safedeploy history ENV` lists the runs; one of another machine is there once it was delivered.",
        exit_code=ExitCode.USAGE,
    )
