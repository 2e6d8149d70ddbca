"""Making httpd run what is on disk, and looking whether it is well: the proof of whatever was put there."""

from __future__ import annotations

from . import verdict
from .clock import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .services import Services


def bring_up(services: Services, found: Json, *, changed: bool, restart: bool = False) -> tuple[Json, list[Json], str]:
    """Load what is on disk and look at it: how, the checks' results, and what speaks against it ("" when nothing).

    `found` is what preflight found for the release that failed: its checks, and which of them failed before. What a
    graceful reload does not bring about is tried once more with a restart.
    """
    reload, results, why = _once(services, found, changed=changed, restart=restart)
    if why and (reload["ok"] or reload["how"] == "graceful"):
        # One that hangs, or keeps something of the failed release, obeys no graceful; a restart loses little now.
        reload, results, why = _once(services, found, changed=True, restart=True)
    return reload, results, why


def _once(services: Services, found: Json, *, changed: bool, restart: bool) -> tuple[Json, list[Json], str]:
    reload = load(services, changed=changed, restart=restart)
    if not reload["ok"]:
        return reload, [], f"httpd did not come up on it: {reload['error']}"
    results = verdict.measure(services, found.get("health", []))
    bad = verdict.still_failing(services, found.get("baseline", []), results)
    return reload, results, f"httpd runs on it, but is not well: {verdict.text(bad)}" if bad else ""


def load(services: Services, *, changed: bool, restart: bool = False) -> Json:
    """Make httpd run what is on disk, by a reload, or a start when it is dead.

    Nothing is done when it does already, unless a restart is asked for: the newest parent speaks for itself alone, and
    not for what only a restart takes away.
    """
    status = {} if changed or restart else services.status()
    if status.get("running") and status.get("loaded"):
        return {
            "ok": True,
            "how": "none",
            "seconds": 0.0,
            "proof": status.get("reason") or "",
            "error": None,
            "pid": status.get("pid"),
            "pid_start": status.get("pid_start"),
        }
    return services.reload(restart=restart)


def loaded_record(release: str, reload: Json, now: float) -> Json:
    """What state.json says of the configuration that httpd runs."""
    return {
        "release": release,
        "pid": reload.get("pid"),
        "pid_start": reload.get("pid_start"),
        "generation": reload.get("proof"),
        "pid_file": reload.get("pid_file"),
        "at": iso(now),
    }
