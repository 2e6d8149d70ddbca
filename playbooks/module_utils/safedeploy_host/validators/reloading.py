"""Reloading other services after a switch, each only after its own validator has passed again on the live files.

switched -> check on the live files -> reload -> still running?     any failure: the activation goes back
put back -> reload, or start what ran before and was lost           failure: this place to go did not verify
"""

from __future__ import annotations

import time

from . import service
from .choose import choose, table, version
from .commands import program
from .findings import finding
from .judge import in_place
from .known import KNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    Json = dict[str, Any]

CHECKING = 30.0
# A service that dies of what it has just read does so at once.
SETTLING = 0.3


class Failed(Exception):  # noqa: N818 -- a verdict on the new files, turned into a refusal after the revert
    """A service's own check, or its reload, failed on the live files."""

    code = "service-failed"


def items(paths: Iterable[str], services: Mapping[str, Any]) -> list[Json]:
    """What is to be reloaded for the changed `paths`: an item (service.py) for each service or command."""
    validators = table(services, KNOWN)
    declared = services.get("files") or {}
    groups: dict[tuple[str, ...], Json] = {}
    for path in sorted(paths):
        wanted = (declared.get(path) or {}).get("reload")
        if not wanted:
            continue
        item = _item(wanted, path, validators)
        kept = groups.setdefault((item["name"], *item["argv"]), item)
        kept["files"].append(path)
    for item in groups.values():
        item["running"] = service.running(item["unit"])
    return list(groups.values())


def _item(wanted: str | list[str], path: str, validators: Mapping[str, Json]) -> Json:
    if isinstance(wanted, list):
        return {"name": " ".join(wanted), "unit": None, "argv": wanted, "files": [], "known": True}
    definition = validators.get(wanted, {})
    found = service.unit(definition, version(path, definition))
    argv = definition.get("reload") or (service.command(found, definition.get("verb", "reload")) if found else [])
    return {"name": found or wanted, "unit": found, "argv": argv, "files": [], "known": wanted in validators}


def findings(found: list[Json]) -> list[Json]:
    """What preflight says of the reloads that would follow."""
    said = []
    for item in found:
        name, place = item["name"], item["files"][0]
        if not item["argv"]:
            text = f"{name} is to be reloaded for {place}, and this host has no such service"
            said.append(finding("service-missing", text, "Install it, or correct `reload`.", error=True, place=place))
        elif program(item["argv"][0]) is None:
            text = f"{item['argv'][0]}, which is to be run after {place} has changed, is not installed on this host"
            said.append(finding("service-missing", text, "Install it, or correct `reload`.", error=True, place=place))
        elif item["running"] is False:
            text = f"{name} is not running: it is not reloaded, and reads {place} when it is started"
            said.append(finding("service-not-running", text, f"Start {name} if it should run.", place=place))
    return said


def reload(found: list[Json], services: Mapping[str, Any]) -> list[Json]:
    """Check and reload each; [{"service", "how", "seconds"}]. Raises Failed at the first that does not go well."""
    done = []
    for item in found:
        began = time.monotonic()
        how = "not running: nothing to reload"
        if item["running"] is not False:
            _check(item, services)
            how = _reload(item)
        done.append({"service": item["name"], "how": how, "seconds": round(time.monotonic() - began, 3)})
    return done


def _check(item: Json, services: Mapping[str, Any]) -> None:
    validators = table(services, KNOWN)
    deadline = time.monotonic() + CHECKING
    for check in choose(item["files"], services, validators)["checks"]:
        result = in_place(check, validators[check["name"]], deadline)
        if result["state"] == "failed":
            raise Failed(f"{item['name']} was not reloaded: {' '.join(result['argv'])} fails: {result['output']}")


def _reload(item: Json) -> str:
    shown = " ".join(item["argv"])
    said = service.tell(item["argv"]) if item["argv"] else "this host has no such service"
    if said is not None:
        raise Failed(f"{item['name']} could not be reloaded: `{shown}`: {said}")
    if item["running"]:
        time.sleep(SETTLING)
        if service.running(item["unit"]) is False:
            raise Failed(f"{item['name']} died when it was reloaded (`{shown}`)")
    return shown


def restore(found: Iterable[Json]) -> tuple[list[Json], list[str]]:
    """After the files were put back: ([{"service", "how", "seconds"}], what could not be brought back).

    A service that ran before runs again; one that did not is left alone. Where that cannot be told (a reload by a
    command) a failure is said and does not count.
    """
    done, lost = [], []
    for item in found:
        began = time.monotonic()
        how, failed = _restore(item)
        if failed:
            lost.append(f"{item['name']}: {how}")
        done.append({"service": item["name"], "how": how, "seconds": round(time.monotonic() - began, 3)})
    return done, lost


def _restore(item: Json) -> tuple[str, bool]:
    if item["running"] is False:
        return "not running before: nothing to reload", False
    said = service.tell(item["argv"]) if item["argv"] else None
    if item["unit"] is None:
        return (" ".join(item["argv"]) if said is None else f"its files are back; its reload failed: {said}"), False
    if said is None and service.running(item["unit"]):
        return " ".join(item["argv"]), False
    start = service.command(item["unit"], "restart")
    said = service.tell(start)
    if said is None and service.running(item["unit"]):
        return f"{' '.join(start)}: it was not running any more, or would not reload", False
    return f"it ran before, and does not come up on the files from before: {said or 'it ended at once'}", True
