"""Whether the live configuration would still be taken: by httpd's own test, and by the other services' validators."""

from __future__ import annotations

import time

from .. import tree
from ..protocol import AgentError
from ..validators.choose import choose, table
from ..validators.known import KNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from ..store import Store

    Json = dict[str, Any]


def judged(
    store: Store, current: str | None, live: Mapping[str, Json], deadline: float, notes: list[str]
) -> list[Json]:
    """[{"validator", "files", "place", "output"}] of the validators that refuse live files of the current release."""
    declared = _declared(store, current)
    files = {path: entry for path, entry in live.items() if entry["kind"] == "file"}
    validators = table(declared, KNOWN)
    checks = choose(files, declared, validators)["checks"]
    if not checks:
        return []
    from ..validators import findings, run

    if time.monotonic() > deadline:
        notes.append("other services' files were not validated: there was no time left")
        return []
    contents = {str(entry["sha256"]): path for path, entry in files.items()}

    def open_object(sha256: str) -> bytes:
        return tree.content(contents[sha256], store.roots)

    wanted = {path: files[path] for check in checks for path in check["files"]}
    refused = []
    for check, result in zip(checks, run.live(store.site, wanted, open_object, checks, validators)):
        if result["state"] == "failed":
            place = findings.place(result["output"], check["files"]) or check["files"][0]
            refused.append(
                {"validator": check["name"], "files": check["files"], "place": place, "output": result["output"]}
            )
        elif result["state"] != "ok":
            notes.append(f"{check['files'][0]} was not validated: {check['name']} cannot be run here")
    return refused


def _declared(store: Store, current: str | None) -> Json:
    try:
        return (store.manifest(current).get("services") if current else None) or {}
    except AgentError:
        return {}
