"""One validator's verdict on its files: where they lie, or on copies of them."""

from __future__ import annotations

import os
import time

from .choose import matches, subject
from .commands import step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Tuple

    Json = dict[str, Any]
    Step = Tuple[Any, "str | None"]


def in_place(check: Json, definition: Json, deadline: float) -> Json:
    """{"state", "output", "seconds", "argv"} for the files where they lie. `deadline` is of time.monotonic()."""
    if definition.get("root") and os.geteuid() != 0:
        return _nothing("unprivileged")
    whole, file = definition.get("whole") or [], definition.get("file") or []
    steps: list[Step] = []
    if whole and (len(check["apart"]) < len(check["files"]) or not file):
        steps += [(alternatives, None) for alternatives in whole]
    for path in check["files"]:
        single = not whole or path in check["apart"] or any(matches(path, glob) for glob in definition.get("each", ()))
        if single and os.path.isfile(path):
            steps += [(alternatives, subject(path, definition)) for alternatives in file]
    return _judged(steps, definition, check["version"], deadline)


def copies(
    check: Json,
    definition: Json,
    deadline: float,
    *,
    directory: str,
    changes: Mapping[str, Json],
    open_object: Callable[[str], bytes],
) -> Json:
    """The same for copies, made in `directory`; "alone" when one of the files means nothing without the rest."""
    steps: list[Step] = []
    originals: dict[str, str] = {}
    for number, path in enumerate(check["files"]):
        entry = changes.get(path, {"kind": "absent"})
        possible = "file" in definition and any(matches(path, glob) for glob in definition.get("alone", ()))
        if entry["kind"] != "file" or not possible:
            return _nothing("alone")
        os.makedirs(f"{directory}/{check['name']}/{number}", mode=0o700)
        copy = f"{directory}/{check['name']}/{number}/{os.path.basename(path)}"
        with open(copy, "xb") as stream:
            stream.write(open_object(entry["sha256"]))
        originals[copy] = path
        steps += [(alternatives, copy) for alternatives in definition["file"]]
    result = _judged(steps, definition, check["version"], deadline)
    for copy, path in originals.items():
        result["output"] = result["output"].replace(copy, path)
        result["argv"] = [word.replace(copy, path) for word in result["argv"]]
    return result


def _nothing(state: str) -> Json:
    return {"state": state, "output": "", "seconds": 0.0, "argv": []}


def _judged(steps: list[Step], definition: Json, number: str, deadline: float) -> Json:
    """Run steps until one does not end well; `argv` is that one's, else the first's."""
    began = time.monotonic()
    outputs: list[str] = []
    state = "ok"
    argv: list[str] = []
    for alternatives, path in steps:
        tried = step(alternatives, definition, number, path, deadline)
        state = tried.state
        if state != "ok" or not argv:
            argv = tried.argv
        if tried.output:
            outputs.append(tried.output)
        if state != "ok":
            break
    return {"state": state, "output": "\n".join(outputs), "seconds": round(time.monotonic() - began, 3), "argv": argv}
