"""`preflight`: everything that can be known before the switch. No file that httpd reads is changed.

A release that does not pass is not stored as one, so that nothing can activate it.
"""

from __future__ import annotations

import time

from . import hashing, install, room, tree, verdict
from .adopted import effective
from .changing import changing
from .clock import iso
from .prepare import take
from .protocol import NOTHING_CHANGED, AgentError, bad_request
from .releases import check_manifest
from .store import live_changed
from .validators import declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services
    from .store import Store
    from .tree import Tree


def preflight(request: Request, services: Services) -> Json:
    """{staged, baseline, changes, seconds} and what the trial found (trial.py); architecture.md has the refusals."""
    began = time.monotonic()
    manifest = request.need("manifest", dict)
    check_manifest(manifest)
    checks = request.get("health", list, [])
    with changing(request.site, services) as store:
        lease = _lease(request, services, store)
        if not services.installed():
            raise no_httpd(store)
        goal = effective(manifest["entries"], store.adopted_entries())
        live = store.live(goal)
        expect_live(store, live, request.value.get("expect_live"))
        changes = tree.changes(live, goal)
        room.check_writable(store, live, changes)
        incoming = decode(request.get("objects", dict, {}), manifest["entries"])
        room.check_space(store, sum(map(len, incoming.values())), live, changes)
        staged = stage_objects(store, incoming, manifest["entries"])
        store.remember_site()
        install.install(store, request.get("agent_path", str, "") or None)
        tried = {**manifest, "services": declared.of(store, manifest)}
        found, keep = services.trial(request, tried, changes, store.objects.read)
        baseline = verdict.measure(services, checks)
        store.releases.stage(
            {**manifest, "schema": 1},
            {
                "at": iso(services.now()),
                "restart": found["restart"],
                "baseline": baseline,
                "health": checks,
                "live": live,
                "compared": keep,
            },
        )
        accepted = found.get("accepted") or []
        who = {key: lease.get(key) for key in ("run", "holder", "reason")} if accepted else {}
        store.audit(
            "staged",
            services.now(),
            release=manifest["release"],
            tree=manifest["tree"],
            accepted=accepted,
            **who,
            **staged,
        )
    return {
        "staged": staged,
        **found,
        "baseline": baseline,
        "changes": sorted(changes),
        "seconds": round(time.monotonic() - began, 3),
    }


def _lease(request: Request, services: Services, store: Store) -> Json:
    """The lease of a run that has it; without a token it is taken here, and the other side is told what `prepare` says.

    Raises AgentError: `lease-lost`; what `prepare` raises; `object-missing` when the lease is taken, and what was sent
    is not all that is missing.
    """
    if request.value.get("token") is not None:
        return store.lease.hold(request.need("token", str), services.now())
    taken = take(request, services, store)
    request.tell("prepared", taken)
    missing = sorted(set(taken["missing"]) - set(request.get("objects", dict, {})))
    if missing:
        raise _lacking(missing)
    return store.lease.hold(taken["token"], services.now())


def _lacking(missing: list[str]) -> AgentError:
    return AgentError(
        "object-missing",
        f"contents that the release needs were not sent, and are not stored on this host: {len(missing)}",
        state=f"{NOTHING_CHANGED} This run has the lease.",
        next="Run preflight again with the token: it sends what is missing.",
        detail={"missing": missing},
    )


def expect_live(store: Store, live: Tree, expected: object, known: Tree | None = None) -> None:
    """Raise AgentError(live-changed) unless the live tree, or its digest, is the expected one. None expects nothing.

    From a digest alone the changed paths cannot be told; they are then those that differ from `known`, or else from the
    release that should be live.
    """
    if expected is None or expected in (live, tree.digest(live)):
        return
    if isinstance(expected, dict):
        known = expected
    if known is None:
        current = store.state.load()["current"]
        known = store.effective(current) if current else {}
    raise live_changed(sorted(path for path in known if live.get(path) != known[path]))


def decode(objects: Json, entries: Tree) -> dict[str, bytes]:
    """The contents that were sent, by the digest of what arrived. Raises AgentError: `object-corrupt`."""
    import binascii

    wanted = {entry["sha256"] for entry in entries.values() if entry["kind"] == "file"}
    contents = {}
    for sha256, text in objects.items():
        if sha256 not in wanted:
            raise bad_request(f"the content {sha256} belongs to no file of the manifest")
        try:
            content = binascii.a2b_base64(text)
        except (ValueError, TypeError) as error:
            raise bad_request(f"the content {sha256} is not base64") from error
        if hashing.hexadecimal(content) != sha256:
            raise AgentError(
                "object-corrupt",
                f"the content sent as {sha256} has another digest: it was damaged on the way",
                next="Push again.",
                detail={"sha256": sha256},
            )
        contents[sha256] = content
    return contents


def stage_objects(store: Store, incoming: dict[str, bytes], entries: Tree) -> Json:
    """Store what was sent; everything that the release needs is then there and intact. Raises AgentError, OSError."""
    for content in incoming.values():
        store.objects.put(content)
    for sha256 in store.objects.missing(entries):
        store.objects.read(sha256)
    return {"objects": len(incoming), "bytes": sum(map(len, incoming.values()))}


def no_httpd(store: Store) -> AgentError:
    """The refusal of a host without the httpd that the site describes."""
    binary = store.site.get("httpd", {}).get("binary")
    return AgentError(
        "no-httpd",
        f"httpd is not installed on this host: {binary} does not exist",
        next="Install httpd on this host, or correct safedeploy_layout or safedeploy_site for it.",
        detail={"binary": binary},
    )
