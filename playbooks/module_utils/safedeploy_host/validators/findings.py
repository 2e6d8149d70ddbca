"""What is said of the validators' verdicts: findings, with the place and what to do. Pure."""

from __future__ import annotations

import os
import re

from ..later import regex
from .choose import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    Json = dict[str, Any]

_WARNED = regex(r"(?i)\bwarn(?:ing)?\b")
_MOST_WARNINGS = 3
# FILE:3, [FILE:3], FILE(3), FILE: line 3, "FILE":3, 'FILE' Line 3, FILE on line 3, FILE, on or before line 3
_LINE = r"(?:\W{0,3}(?:on )?(?:or before )?(?i:line:? )?(\d+))?"
_OR_DECLINE = "or declare `validate: none` with a `validate_reason` for the file"


def finding(kind: str, text: str, todo: str, *, error: bool = False, place: str | None = None) -> Json:
    """A finding as preflight gives it."""
    severity = "error" if error else "warning"
    return {"severity": severity, "kind": kind, "text": text, "place": place, "next": todo}


def before(chosen: Json, validators: Mapping[str, Json]) -> list[Json]:
    """What can be said without running anything."""
    found = [
        finding("not-validated", f"{path} is not validated, as declared: {reason}", "Nothing, if that is still so.")
        for path, reason in chosen["declined"].items()
    ]
    found += [
        finding(
            "validator-unknown",
            f"{path} names the validator {name}, which this host's program does not know",
            "Correct `validate`, or declare the validator in safedeploy_validators.",
            error=True,
            place=path,
        )
        for path, name in chosen["unknown"].items()
    ]
    for check in chosen["checks"]:
        for path in check["files"]:
            pattern = validators[check["name"]].get("unread", {}).get(os.path.dirname(path))
            if pattern and re.search(pattern, os.path.basename(path)):
                text = f"{check['name']} does not read {path}: files of such a name are passed over"
                found.append(finding("name-not-read", text, "Give the file another name.", place=path))
    return found


def after(check: Json, definition: Json, result: Json, limits: list[str], changes: Iterable[str]) -> list[Json]:
    """What one validator's result means for the push."""
    if result["state"] == "ok":
        return _warnings(check, result) + _only_a_copy(result, limits)
    if result["state"] == "failed":
        return [_failed(check, result, changes)]
    return [_not_run(check, definition, result, limits)]


def _warnings(check: Json, result: Json) -> list[Json]:
    lines = [line.strip() for line in result["output"].splitlines() if _WARNED.search(line)]
    todo = "Read the warning; it does not stop the push."
    return [
        finding("validator-warned", f"{check['name']}: {line}", todo, place=place(line, check["files"]))
        for line in lines[:_MOST_WARNINGS]
    ]


def _only_a_copy(result: Json, limits: list[str]) -> list[Json]:
    if not limits or not result["argv"]:
        return []
    text = f"{' '.join(result['argv'])} judged a copy of the file alone, without what it includes: {limits[0]}"
    return [finding("validated-alone", text, "Deploy as root to have it judged in its place.")]


def _failed(check: Json, result: Json, changes: Iterable[str]) -> Json:
    command = " ".join(result["argv"]) or check["name"]
    lines = result["output"].splitlines() or ["no output"]
    where = place(result["output"], [*check["files"], *changes])
    if result.get("as_before") and where is None and not (check["named"] or check["reloads"]):
        return finding(
            "validator-failed-before",
            f"{command} fails, and with the same words on the live files without this change: {lines[0]}",
            f"Repair {check['name']} on this host: what the change means for it cannot be told until then.",
        )
    also = ", as it does on the live files" if result.get("as_before") else ""
    return {
        **finding(
            "validator-failed",
            f"{command} refuses {_files(check)}{also}: {_first(lines, check['files'])}",
            "Correct the file at the place that is named, then push again.",
            error=True,
            place=where,
        ),
        "output": result["output"],
    }


def _first(lines: list[str], files: Iterable[str]) -> str:
    """The line that says the most: one that names a file of ours, else the first."""
    return next((line.strip() for line in lines if place(line, files)), lines[0].strip())


def _not_run(check: Json, definition: Json, result: Json, limits: list[str]) -> Json:
    name, files = check["name"], _files(check)
    program = (result["argv"] or shown(definition, check["version"]).split(" "))[0]
    kind, why, todo = {
        "missing": (
            "validator-missing",
            f"{program} is not installed on this host",
            f"Install the package with {program} on this host, {_OR_DECLINE}.",
        ),
        "unable": (
            "validator-unable",
            f"{program} of this host has not the options for it ({result['output'][:120]})",
            f"Declare a command for it in safedeploy_validators, {_OR_DECLINE}.",
        ),
        "unprivileged": (
            "validator-unprivileged",
            f"{program} can judge it for root only",
            f"Deploy as root (become), {_OR_DECLINE}.",
        ),
        "alone": (
            "validator-no-context",
            f"{name} cannot judge the file alone, and it cannot be shown in its place: {(limits or ['no reason'])[0]}",
            f"Deploy as root, where private namespaces can be made, {_OR_DECLINE}.",
        ),
    }[result["state"]]
    named = bool(check["named"])
    said = " although the file names it" if named else ""
    return finding(kind, f"{files}: not validated by {name}{said}: {why}", todo, error=named, place=check["files"][0])


def _files(check: Json) -> str:
    files = check["files"]
    return str(files[0]) if len(files) == 1 else f"{files[0]} and {len(files) - 1} more"


def place(text: str, files: Iterable[str]) -> str | None:
    """The file, and the line if there is one, that an output is about: the first of `files` that it mentions."""
    for path in files:
        for name in (path, os.path.basename(path)):
            found = re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w.-]*\w){_LINE}", text)
            if found:
                return f"{path}:{found.group(1)}" if found.group(1) else path
    return None
