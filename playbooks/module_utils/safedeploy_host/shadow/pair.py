"""Boots the live tree and the candidate at the same time, each in a shadow of its own, and has both asked the same.

Promises: nothing outside of the shadows changes, whatever the configuration says; both are gone when this returns, and
also when the agent is killed at any point. See root.py, network.py and first.py for how.
"""

from __future__ import annotations

import os
import select
import signal
import time

from . import child, keeper
from .plan import Host, Plan
from .privilege import NoNamespaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

    from .view import Shadow

    Json = dict[str, Any]
    OpenObject = Callable[[str], bytes]
    Work = Callable[[Shadow], Any]

__all__ = ["NoNamespaces", "boot", "run"]

_PATIENCE = 15.0


def run(
    site: Json,
    changes: Mapping[str, Json],
    open_object: OpenObject,
    world: Json,
    work: Work | Mapping[str, Work],
    *,
    ended: Callable[[], object] = lambda: None,
) -> dict[str, Json]:
    """Boot both trees and do `work` in each: {"live": Booted, "candidate": Booted} (docs/architecture.md).

    `changes` are the candidate's entries. `work` gets a view.Shadow and returns a JSON value; it runs inside, with
    httpd answering, and must not need a descriptor that was opened before. A mapping holds one for "live" and one for
    "candidate". `ended` is called when one of the two has come to its end, and the other may not have.

    Raises NoNamespaces when no shadow can be made here, with the reason, and what `open_object` raises.
    """
    return _boot(site, {"live": {}, "candidate": changes}, open_object, world, work, ended=ended)


def boot(site: Json, entries: Mapping[str, Json], open_object: OpenObject, world: Json, work: Work) -> Json:
    """Boot one tree, the live one with `entries` laid over it: a Booted. Raises as `run` does."""
    return _boot(site, {"one": entries}, open_object, world, work)["one"]


def _boot(
    site: Json,
    trees: Mapping[str, Mapping[str, Json]],
    open_object: OpenObject,
    world: Json,
    work: Work | Mapping[str, Work],
    *,
    ended: Callable[[], object] = lambda: None,
) -> dict[str, Json]:
    host = Host(site, world)
    plans = {name: Plan(host, entries, open_object) for name, entries in trees.items()}
    kept: dict[str, tuple[child.Child, child.Lines]] = {}
    try:
        for name, plan in plans.items():
            kept[name] = _start(plan, work if callable(work) else work[name])
        waiting = {name: lines for name, (_, lines) in kept.items()}
        results = _collect(waiting, host.world["seconds"] + _PATIENCE, ended)
    finally:
        for one, lines in kept.values():
            one.end(signal.SIGTERM)
            os.close(lines.descriptor)
    for result in results.values():
        if "failed" in result:
            raise NoNamespaces(result["failed"])
    return results


def _start(plan: Plan, work: Work) -> tuple[child.Child, child.Lines]:
    reader, writer = os.pipe()
    try:
        return child.Child(lambda: keeper.keep(plan, work, writer)), child.Lines(reader)
    finally:
        os.close(writer)


def _collect(waiting: dict[str, child.Lines], seconds: float, ended: Callable[[], object]) -> dict[str, Json]:
    deadline = time.monotonic() + seconds
    results: dict[str, Json] = {}
    while waiting:
        left = deadline - time.monotonic()
        select.select([lines.descriptor for lines in waiting.values()], [], [], max(0.0, left))
        for name, lines in list(waiting.items()):
            lines.read()
            if lines.found or lines.ended or left <= 0:
                results[name] = lines.found[0] if lines.found else {"failed": "the shadow's keeper was killed"}
                del waiting[name]
                ended()
    return results
