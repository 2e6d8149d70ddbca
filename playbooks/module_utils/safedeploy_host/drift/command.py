"""`drift`: all that `observe` tells, and what else has become of this host since it was deployed to.

It changes nothing, takes no lock, and works from memory. Bounded in time, bytes and entries; what was left out is said.
"""

from __future__ import annotations

import os
import stat
import time

from ..adopted import effective
from ..effective import configuration
from ..observe import MAX_BYTES, differing, observe
from ..protocol import AgentError
from ..store import Store
from . import certificates, extra, validity
from .changed import changed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    from ..protocol import Json, Request
    from ..services import Services

SECONDS = 20.0
LARGEST = 256 * 1024


def drift(request: Request, services: Services) -> Json:
    """The result of `observe`, with `drift` beside it; docs/architecture.md, section 4, has the members.

    `max_bytes` bounds the contents, `seconds` all that is not about the managed files. Raises as `observe` does.
    """
    began = time.monotonic()
    deadline = began + request.seconds("seconds", SECONDS)
    left = request.get("max_bytes", int, MAX_BYTES)
    seen = observe(request, services)
    store = Store(request.site)
    notes: list[str] = []
    recorded = effective(seen["current"] or {}, seen["adopted"])
    live = seen["live"]
    other = {path: live[path] for path, entry in recorded.items() if live.get(path) != entry}
    result: Json = {
        "recorded": {},
        "content": {},
        "extra": [],
        "configtest": None,
        "validated": [],
        "certificates": [],
        "changed": {},
        "who": {},
        "notes": notes,
    }
    result["recorded"] = _recorded(store, recorded, other, left)
    contents = differing(store, other, {}, left, notes)
    result["content"] = {
        path: text for path, text in contents.items() if not _new_secret(path, text, recorded[path], result, notes)
    }
    if services.installed():
        look = configuration.read(request.site)
        result["configtest"] = {"ok": True, "output": ""} if look["ok"] else _refusal(request.site)
        result["certificates"] = certificates.certificates(look, request.site["server_root"])
        if time.monotonic() < deadline:
            managed = {path: entry for path, entry in recorded.items() if entry["kind"] != "absent"}
            result["extra"] = [
                {**one, **_shown(one["path"], store, content=one["how"] in ("loaded", "htaccess"))}
                for one in extra.files(store, look, {**managed, **other}, notes)
            ]
        else:
            notes.append("extra files were not looked for: there was no time left")
    files = {path: entry for path, entry in live.items() if path in (seen["current"] or {})}
    result["validated"] = validity.judged(store, seen["state"]["current"], files, deadline, notes)
    _who(store, services, result, recorded, [*other, *(one["path"] for one in result["extra"])])
    # What was read before and after a switch of somebody else's is of no one release.
    result["moved"] = store.state.load() != seen["state"] or (store.journal.read() is not None) != seen["journal"]
    result["seconds"] = round(time.monotonic() - began, 3)
    return {**seen, "drift": result}


def _new_secret(path: str, text: str, recorded: Json, result: Json, notes: list[str]) -> bool:
    """Whether a live file has a secret in it, by its looks, that what was released has not: it stays here."""
    import binascii

    from ..survey import confidential

    before = binascii.a2b_base64(result["recorded"].get(recorded.get("sha256"), ""))
    why = confidential.new_secret(before, binascii.a2b_base64(text))
    if why is not None:
        notes.append(f"{path}: its content is not shown, for it has what looks like a new secret: {why}")
    return why is not None


def _refusal(site: Json) -> Json:
    """What httpd says of its configuration when it is asked for nothing else."""
    from ..context import run_configtest

    return run_configtest(site)


def _recorded(store: Store, recorded: Mapping[str, Json], other: Mapping[str, Json], left: int) -> dict[str, str]:
    """Base64 of what the files that differ should hold, as far as the host has kept it."""
    import binascii

    found: dict[str, str] = {}
    for path in other:
        entry = recorded[path]
        if entry["kind"] != "file" or entry["sha256"] in found or entry["size"] > min(left, LARGEST):
            continue
        try:
            data = store.objects.read(entry["sha256"])
        except (AgentError, OSError):
            continue
        left -= len(data)
        found[entry["sha256"]] = binascii.b2a_base64(data, newline=False).decode()
    return found


def _shown(path: str, store: Store, *, content: bool) -> Json:
    """{"entry", "content"} of an extra file; content only where every user may read it, and no secret is seen."""
    import binascii

    from .. import tree
    from ..survey import confidential

    entry = tree.live_entry(path, [*store.roots, os.path.dirname(path)])
    text = None
    if content and entry["kind"] == "file" and entry["size"] <= LARGEST // 4 and int(entry["mode"], 8) & stat.S_IROTH:
        try:
            if not tree.has_another_name(path, [*store.roots, os.path.dirname(path)]):
                data = tree.content(path, [*store.roots, os.path.dirname(path)])
                if confidential.why_secret(path, int(entry["mode"], 8), data) is None:
                    text = binascii.b2a_base64(data, newline=False).decode()
        except (OSError, AgentError):
            text = None
    return {"entry": entry, "content": text}


def _who(store: Store, services: Services, result: Json, recorded: Mapping[str, Json], paths: list[str]) -> None:
    if not paths:
        return
    from .who import MOST_PATHS, Witnesses

    for path in paths[:MOST_PATHS]:
        found = changed(path, store.roots)
        if found is not None:
            result["changed"][path] = found
    if not result["changed"]:
        return
    earliest = min(one["changed"] for one in result["changed"].values())
    witnesses = Witnesses(store, services.now(), earliest)
    for path, one in result["changed"].items():
        is_there = one["of"] == path
        expected: Any = recorded.get(path, {}).get("owner", "root")
        result["who"][path] = witnesses.hints(path, one["changed"], one["owner"] if is_there else None, expected)
