"""Restoring what was there before an activation, and proving that it serves.

Three places to go, in this order, until one verifies: the exact tree before the activation, hand edits included; the
effective tree of the known-good release; that of the known-good before it. When none does the host is *stranded*: the
files of the first place that could be restored are left there, and the answer says what to do by hand.

The same code reverts in the activating call, for the dead-man, on request, and after a death.
"""

from __future__ import annotations

import contextlib
import time

from . import by_hand, deadman_lock, reserve, stranded, switch, tree
from .clock import iso
from .kept_aside import Edits
from .serving import bring_up, loaded_record
from .state import previous_known_good

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .protocol import Json
    from .services import Services
    from .store import Store
    from .tree import Tree


class Refused(Exception):  # noqa: N818 -- not an error but a verdict on one place to go
    """One place to go did not verify; the text says why."""


def put_back(store: Store, services: Services, record: Json, *, cause: str, by: str, run: str | None = None) -> Json:
    """Undo the activation `record` (state's `pending` or `last`). The lock is held.

    Returns the result of the `revert` command. Raises AgentError(stranded).
    """
    began = time.monotonic()
    reserve.give_up(store)
    edits = Edits(store, record, services.now())
    edits.look()
    tried: list[Json] = []
    for went_to, release, goal in _places(store, record, tried):
        try:
            steps, reload, others, health = _go(store, services, record, goal, edits)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the next place may do, and a host is never left unnamed
            tried.append({"went_to": went_to, "release": release, "why": str(error) or type(error).__name__})
            continue
        result = {
            "outcome": "reverted",
            "activation": record["activation"],
            "release": release,
            "went_to": went_to,
            "verified": True,
            "steps": steps,
            "reload": reload,
            "services": others,
            "health": health,
            "kept_aside": edits.kept,
            "tried": tried,
            "seconds": round(time.monotonic() - began, 3),
        }
        _settle(store, services, record, result, cause=cause, by=by, run=run)
        with contextlib.suppress(OSError):
            deadman_lock.sweep(store)  # of one that was killed, or went down with the host
        return result
    raise stranded.strand(store, services, record, cause=cause, tried=tried, edits=edits)


def not_on(done: Json) -> str:
    """What a revert tried before the place that it went to, as an addition to a sentence; "" when it was the first."""
    tried = "; ".join(f"{one['went_to']} ({one['release']}): {one['why']}" for one in done.get("tried") or [])
    return f" Further back than usual, because this did not work: {tried}" if tried else ""


def _places(store: Store, record: Json, tried: list[Json]) -> Iterator[tuple[str, str, Tree]]:
    state = store.state.load()
    seen = []
    for went_to, release in (
        ("before", record["before_release"]),
        ("known-good", state["known_good"]),
        ("older", previous_known_good(state)),
    ):
        if release is None or (went_to != "before" and release == record["release"]):
            continue
        try:
            goal = record["before"] if went_to == "before" else store.effective(release)
        except Exception as error:  # noqa: BLE001 -- as above
            tried.append({"went_to": went_to, "release": release, "why": str(error) or type(error).__name__})
            continue
        if goal not in seen:
            seen.append(goal)
            yield went_to, release, goal


def _go(
    store: Store, services: Services, record: Json, goal: Tree, edits: Edits
) -> tuple[list[Json], Json, list[Json], list[Json]]:
    """Restore one tree, load it, probe it. Raises Refused, or whatever else came in between."""
    began = time.monotonic()
    missing = store.objects.missing(tree.changes(store.live(goal), goal))
    if missing:
        raise Refused(f"stored content is missing or damaged: {', '.join(missing)}")
    make = switch.directories(goal, store.roots)
    remove = switch.made(record)
    # What a place that does not verify needs goes with the next one, also when this program dies in between.
    record["made_since"] = list(dict.fromkeys([*record.get("made_since", ()), *make]))
    store.journal.write({"kind": "revert", "activation": record["activation"], "record": record})
    pid_files = _pid_files(store, services)
    changed = switch.apply(store, goal, edits, make=make, remove=remove)
    if tree.changes(store.live(goal), goal):
        # Edited since it was written, or not what was written: an edit is kept, and what cannot be written shows again.
        changed += switch.apply(store, goal, edits, make=switch.directories(goal, store.roots))
    differs = sorted(tree.changes(store.live(goal), goal))
    if differs:
        raise Refused(f"the files are not what was written: {', '.join(differs)}")
    switched = time.monotonic()
    found = store.releases.preflight(record["release"])
    # What needed a restart to come in needs one to go: graceful would keep the failed release's limits and modules.
    restart = bool((found.get("restart") or {}).get("needed")) or services.several()
    others, lost = services.restore_others(record.get("services") or [])
    reload, results, why = bring_up(services, found, changed=bool(changed), restart=restart)
    if why:
        raise Refused(why)
    if lost:
        raise Refused("; ".join(lost))
    if reload.get("pid_file"):
        services.clear_pid_files([path for path in pid_files if path != reload["pid_file"]])
    done = time.monotonic()
    steps = [
        {"step": "switch", "seconds": round(switched - began, 3)},
        {"step": "reload", "seconds": round(reload["seconds"], 3)},
        {"step": "health", "seconds": round(done - switched - reload["seconds"], 3)},
    ]
    return steps, reload, others, results


def _pid_files(store: Store, services: Services) -> list[str]:
    """The PidFiles of the configuration on disk, and of what the failed release, or the one before it, was loaded into.

    The former may be anything, the failed one or a hand's: what cannot be read there must not keep the files from going
    back.
    """
    found = []
    with contextlib.suppress(OSError, ValueError):
        found = services.pid_files()
    loaded = store.state.load()["loaded"] or {}
    return [*found, loaded["pid_file"]] if loaded.get("pid_file") else found


def _settle(
    store: Store, services: Services, record: Json, result: Json, *, cause: str, by: str, run: str | None
) -> None:
    now = services.now()
    state = store.state.load()
    pending = state["pending"]
    was_confirmed = not (pending and pending["activation"] == record["activation"]) and bool(
        state["last"] and state["last"]["activation"] == record["activation"]
    )
    if was_confirmed:
        history = [item for item in state["history"] if item.get("activation") != record["activation"]]
        state.update(history=history, last=None, known_good=history[-1]["release"] if history else None)
    elif pending and pending["activation"] == record["activation"]:
        state["pending"] = None
    state.update(
        current=result["release"],
        since=iso(now),
        by=by,
        run=run or record.get("run"),
        stranded=None,
        loaded=loaded_record(result["release"], result["reload"], now),
        last_revert={
            "activation": record["activation"],
            "release": record["release"],
            "run": record.get("run"),
            "at": iso(now),
            "cause": cause,
            "went_to": result["went_to"],
            "tried": result["tried"],
            "kept_aside": result["kept_aside"],
        },
    )
    store.state.save(state)
    store.journal.clear()
    with contextlib.suppress(OSError):  # it is recorded by now, and the script does nothing any more
        by_hand.forget(store)
    store.audit(
        "reverted",
        now,
        activation=record["activation"],
        release=record["release"],
        to=result["release"],
        went_to=result["went_to"],
        cause=cause,
        by=by,
        run=run or record.get("run"),
        tried=result["tried"],
        kept_aside=result["kept_aside"],
    )
