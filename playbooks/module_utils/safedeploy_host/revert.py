"""`revert`: undo the pending or the last confirmed activation. Asking twice is fine."""

from __future__ import annotations

from .changing import changing
from .prepare import pending_exists
from .protocol import AgentError
from .put_back import put_back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services
    from .store import Store


def revert(request: Request, services: Services) -> Json:
    """{outcome, release, verified, steps, went_to, tried, kept_aside}.

    Raises AgentError: `lease-lost`, `pending-exists`, `stranded`.
    """
    actor, run = request.need("actor", str), request.get("run", str, "")
    with changing(request.site, services) as store:
        store.lease.hold(request.need("token", str), services.now())
        wanted = request.value.get("activation")
        return undo(
            store, services, wanted, by=actor, run=run, cause=request.get("reason", str, "") or f"{actor} asked for it"
        )


def undo(store: Store, services: Services, wanted: object, *, by: str, run: str | None, cause: str) -> Json:
    """Put back the activation `wanted`, or whichever can be undone when it is None. The lock is held.

    None means one step back. When that was due anyway and has just been done, it is the answer. Raises
    AgentError(pending-exists) for an earlier one than what is pending: that would stay pending on files that are gone.
    """
    if wanted is None and store.recovered is not None:
        return store.recovered
    state = store.state.load()
    for record in (state["pending"], (state["stranded"] or {}).get("record"), state["last"]):
        if record and wanted in (None, record["activation"]):
            if state["pending"] not in (None, record):
                raise pending_exists(state["pending"])
            return put_back(store, services, record, cause=cause, by=by, run=run)
    return nothing(store, state)


def nothing(store: Store, state: Json) -> Json:
    """The answer when there is nothing to undo; `verified`: whether the live tree is the current release's."""
    release = state["current"]
    verified = False
    if release:
        try:
            goal = store.effective(release)
            verified = store.live(goal) == goal
        except AgentError:
            verified = False
    went_to = (state.get("last_revert") or {}).get("went_to")
    return {
        "outcome": "nothing-to-revert",
        "release": release,
        "went_to": went_to,
        "verified": verified,
        "steps": [],
        "tried": [],
        "kept_aside": [],
    }
