"""`observe`, `read`, `content`: what is true on this host. They change nothing and take no lock."""

from __future__ import annotations

import os

from . import boot_guard, deadman_lock, drained, tree
from .due import due
from .protocol import AgentError, bad_request
from .room import existing
from .store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services
    from .tree import Tree

MAX_BYTES = 8 << 20


def observe(request: Request, services: Services) -> Json:
    """All that plan, status and drift need of this host; docs/architecture.md, section 4, has the members."""
    store = Store(request.site)
    desired: Tree | None = request.value.get("desired")
    if desired is not None:
        tree.check(desired)
    problems: list[str] = []
    state = store.state.load()
    live = store.live(store.touched(desired or ()))
    current = _manifest(store, state["current"], problems) if state["current"] else None
    now = services.now()
    status = services.status()
    result = {
        "host": os.uname().nodename,
        "python": _python(),
        "uid": os.geteuid(),
        "time": now,
        "state": state,
        "lease": store.lease.public(now),
        "dead_man": _dead_man(store, state),
        "boot_guard": boot_guard.installed(store),
        "drained": drained.load(store),
        "journal": store.journal.read() is not None,
        "live": live,
        "live_digest": tree.digest(live),
        "adopted": store.adopted.entries(),
        "current": current and current["entries"],
        "content": {},
        "releases": _releases(store, problems),
        "httpd": status,
        "disk": _disk(store),
        "writable": _writable(store),
        "problems": problems,
    }
    if desired is not None and request.get("content", bool, default=False):
        limit = request.get("max_bytes", int, MAX_BYTES)
        result["content"] = differing(store, live, desired, limit, problems)
    _describe(store, services, live, state, problems)
    return result


def _dead_man(store: Store, state: Json) -> Json | None:
    """What guards the pending activation, and whether it lives; None when nothing is pending."""
    pending = state["pending"]
    if pending is None:
        return None
    return {**(pending.get("dead_man") or {}), "alive": deadman_lock.lives(store, pending["activation"])}


def read(request: Request, services: Services) -> Json:  # noqa: ARG001 -- every command is called alike
    """The stored manifest of a release or of "adopted", and its effective tree. Raises AgentError(no-such-release)."""
    store = Store(request.site)
    release = request.need("release", str)
    return {**store.manifest(release), "effective": store.effective(release)}


def content(request: Request, services: Services) -> Json:  # noqa: ARG001 -- every command is called alike
    """{content: {sha256: base64}} of stored objects, or of live managed files, up to `max_bytes` in all."""
    import binascii

    store = Store(request.site)
    left = request.get("max_bytes", int, MAX_BYTES)
    found: dict[str, str] = {}
    wanted = request.need("sha256", list)
    if not all(tree.is_sha256(sha256) for sha256 in wanted):
        raise bad_request("'sha256' must be a list of SHA-256 digests")
    for sha256 in wanted:
        if store.objects.intact(sha256):
            data = store.objects.read(sha256)
            left -= len(data)
            if left < 0:
                break
            found[sha256] = binascii.b2a_base64(data, newline=False).decode()
    return {"content": found, "missing": [sha256 for sha256 in wanted if sha256 not in found]}


def _python() -> str:
    import sys

    return ".".join(map(str, sys.version_info[:3]))


def _releases(store: Store, problems: list[str]) -> list[Json]:
    found = []
    for release in store.releases.ids():
        manifest = _manifest(store, release, problems)
        if manifest is not None:
            found.append({key: manifest.get(key) for key in ("release", "tree", "created", "provenance")})
    return sorted(found, key=lambda item: str(item["created"]))


def _manifest(store: Store, release: str, problems: list[str]) -> Json | None:
    try:
        return store.manifest(release)
    except AgentError as error:
        problems.append(error.message)
        return None


def _disk(store: Store) -> Json:
    found = os.statvfs(existing(store.directory))
    return {"free_bytes": found.f_bavail * found.f_frsize, "free_inodes": found.f_favail}


def _writable(store: Store) -> bool:
    paths = [existing(store.directory), *(root for root in store.roots if os.path.isdir(root))]
    return all(os.access(path, os.W_OK | os.X_OK) for path in paths)


def differing(store: Store, live: Tree, desired: Tree, limit: int, problems: list[str]) -> dict[str, str]:
    """Base64 of the files of `live` whose content is not the desired one, up to `limit` bytes in all."""
    import binascii

    found = {}
    for path, entry in live.items():
        if entry["kind"] != "file" or desired.get(path, {}).get("sha256") == entry["sha256"]:
            continue
        if entry["size"] > limit:
            problems.append(f"{path}: too large to be shown ({entry['size']} bytes)")
            continue
        try:
            if tree.has_another_name(path, store.roots):
                problems.append(f"{path}: not shown, for the file has another name elsewhere (a hard link)")
                continue
            data = tree.content(path, store.roots)
        except (OSError, AgentError) as error:
            problems.append(f"{path}: {error}")
            continue
        limit -= len(data)
        found[path] = binascii.b2a_base64(data, newline=False).decode()
    return found


def _describe(store: Store, services: Services, live: Tree, state: Json, problems: list[str]) -> None:
    """What a person should know beyond the values."""
    problems += [f"{path}: {entry['type']}" for path, entry in live.items() if entry["kind"] == "other"]
    problems += [f"{root}: does not exist" for root in store.roots if not os.path.isdir(root)]
    found = due(store, services)
    if found is not None:
        problems.append(f"the next command on this host will revert {found[0]['release']}: {found[1]}")
    pending = state["pending"]
    if found is None and pending is not None and not deadman_lock.lives(store, pending["activation"]):
        problems.append(
            f"the dead-man of {pending['activation']} is gone: nothing reverts this host by itself; confirm or abort it"
        )
    if state["stranded"]:
        problems.append(f"stranded since {state['stranded']['since']}: {state['stranded']['cause']}")
