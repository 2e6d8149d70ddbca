"""Has every changed file of another service judged by that service's own validator, before anything is live.

The validators see the candidate at its real paths, in private mounts (context.look); what they write goes with them.
Without namespaces a file that means something by itself is judged as a copy. Whatever could not be judged is said.
"""

from __future__ import annotations

import time

from .. import context
from . import findings, judge, private, reloading
from .choose import choose, table
from .known import KNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Json = dict[str, Any]
    OpenObject = Callable[[str], bytes]

# All validators of a host together; context.look allows a little more.
BUDGET = 50.0


def run(site: Json, services: Mapping[str, Any], changes: Mapping[str, Json], open_object: OpenObject) -> Json:
    """{"findings": [Finding], "validated": [{"validator", "files", "ok", "output", "seconds", "command"}]}.

    `services` is what `declared.of` gives; `changes` are the entries that would change, all of them. One run for each
    validator, however many of its files change. Raises what `open_object` raises.
    """
    validators = table(services, KNOWN)
    chosen = choose(changes, services, validators)
    reloads = reloading.items(changes, services)
    said = [*findings.before(chosen, validators), *reloading.findings(reloads)]
    if not chosen["checks"]:
        return {"findings": said, "validated": []}
    for check in chosen["checks"]:
        check["reloads"] = any(path in item["files"] for item in reloads for path in check["files"])
    results, limits = _look(site, changes, open_object, chosen["checks"], validators)
    _compare(site, open_object, chosen["checks"], results, validators)
    for check, result in zip(chosen["checks"], results):
        said += findings.after(check, validators[check["name"]], result, limits, changes)
    return {"findings": said, "validated": [_validated(*pair) for pair in zip(chosen["checks"], results)]}


def _compare(
    site: Json, open_object: OpenObject, checks: list[Json], results: list[Json], validators: Mapping[str, Json]
) -> None:
    """Mark the failures that the live files have as well, and in the same words: `as_before`."""
    failed = [pair for pair in zip(checks, results) if pair[1]["state"] == "failed"]
    if failed:
        live, _ = _look(site, {}, open_object, [check for check, _ in failed], validators)
        for (_, result), before in zip(failed, live):
            result["as_before"] = before["state"] == "failed" and before["output"] == result["output"]


def _validated(check: Json, result: Json) -> Json:
    return {
        "validator": check["name"],
        "files": check["files"],
        "ok": result["state"] == "ok",
        "output": result["output"],
        "seconds": result["seconds"],
        "command": " ".join(result["argv"]),
    }


def live(
    site: Json,
    files: Mapping[str, Json],
    open_object: OpenObject,
    checks: list[Json],
    validators: Mapping[str, Json],
) -> list[Json]:
    """A result for each check of files that are live; `files` are their entries, for copies where it must be copies."""
    return _look(site, {}, open_object, checks, validators, copied=files)[0]


def _look(
    site: Json,
    changes: Mapping[str, Json],
    open_object: OpenObject,
    checks: list[Json],
    validators: Mapping[str, Json],
    *,
    copied: Mapping[str, Json] | None = None,
) -> tuple[list[Json], list[str]]:
    """A result for each check, in the candidate's context, or in the live one when nothing changes."""

    def work(where: Json) -> list[Json]:
        deadline = time.monotonic() + BUDGET
        copy = where.get("copied_to")
        if copy is None:
            private.prepare(validators[check["name"]] for check in checks)
        return [
            judge.in_place(check, validators[check["name"]], deadline)
            if copy is None
            else judge.copies(
                check,
                validators[check["name"]],
                deadline,
                directory=f"{copy}/alone",
                changes=changes if copied is None else copied,
                open_object=open_object,
            )
            for check in checks
        ]

    try:
        seen = context.look(site, changes, open_object, work)
    except OSError as error:
        text = f"the validators were not run: {error}"
        return [{"state": "failed", "output": text, "seconds": 0.0, "argv": []} for _ in checks], []
    results: list[Json] = seen.value
    return results, seen.limits[:1]
