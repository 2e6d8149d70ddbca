"""`survey` and `survey-content`: the configuration tree as it is, for `safedeploy adopt`.

They change nothing, take no lock, and work when run from memory on a host that has no state directory. Bounded in
entries, in bytes and in how many directories are looked into. Content that is secret never leaves the host: what
`survey` calls secret `survey-content` does not give.
"""

from __future__ import annotations

import os

from .. import control, dumps, fsio, tree
from ..protocol import AgentError, bad_request
from . import packages, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..protocol import Json, Request
    from ..services import Services

MAX_BYTES = 8 << 20


def survey(request: Request, services: Services) -> Json:
    """All below the server root, and every .htaccess below the other roots where `htaccess` is true.

    {exists, entries {path: entry + package, secret, content, several}, loaded [path] or null, packages, notes [text]}
    """
    site = request.site
    root = site["server_root"]
    notes: list[str] = []
    found: Json = {"exists": os.path.isdir(root), "entries": {}, "loaded": None, "packages": None, "notes": notes}
    if not found["exists"]:
        notes.append(f"{root} does not exist")
        return found
    roots = [root, *site["allowed_roots"]]
    entries = walk.tree_below(root, roots, notes)
    if request.get("htaccess", bool, default=False):
        others = [other for other in site["allowed_roots"] if not _within(other, root)]
        entries.update(walk.access_files(others, roots, notes))
    states = packages.states(
        root, [path for path, entry in entries.items() if entry["kind"] in ("file", "link")], notes
    )
    for path, entry in entries.items():
        if entry["kind"] == "file" or path in states.files:
            entry["package"] = states.files.get(path)
    found["packages"] = states.manager
    found["entries"] = entries
    found["loaded"] = _loaded(site, services, notes)
    return found


def content(request: Request, services: Services) -> Json:  # noqa: ARG001 -- every command is called alike
    """{content: {path: base64}, left: {path: why}} of live files that are no secret, up to `max_bytes` in all.

    What is in neither did not fit: it is to be asked for again.
    """
    import binascii

    site = request.site
    roots = [site["server_root"], *site["allowed_roots"]]
    room = request.get("max_bytes", int, MAX_BYTES)
    given: dict[str, str] = {}
    left: dict[str, str] = {}
    for path in request.need("paths", list):
        if not isinstance(path, str) or not fsio.normal(path):
            raise bad_request("'paths' must be a list of plain absolute paths")
        try:
            entry = tree.live_entry(path, roots)
            if entry["kind"] != "file" or entry["size"] > walk.LARGEST:
                left[path] = "is not a plain file of a bearable size any more"
                continue
            data = tree.content(path, roots)
        except (OSError, AgentError) as error:
            left[path] = str(error)
            continue
        secret = walk.secret(path, entry, data, roots)
        if secret is not None or tree.has_another_name(path, roots):
            left[path] = secret or "has another name elsewhere (a hard link)"
            continue
        if len(data) > room:
            break
        room -= len(data)
        given[path] = binascii.b2a_base64(data, newline=False).decode()
    return {"content": given, "left": left}


def _loaded(site: Json, services: Services, notes: list[str]) -> list[str] | None:
    """The files that httpd reads by its own account; None where it cannot tell."""
    if not services.installed():
        notes.append(f"httpd is not installed ({site['httpd']['binary']})")
        return None
    outcome = control.control(site, "-t", "-D", "DUMP_INCLUDES")
    if not outcome.ok:
        notes.append(f"the live configuration does not pass configtest: {outcome.explained()[:2000]}")
        return None
    return dumps.includes(outcome.output)[: walk.MOST]


def _within(path: str, root: str) -> bool:
    return path.rstrip("/") == root.rstrip("/") or path.startswith(root.rstrip("/") + "/")
