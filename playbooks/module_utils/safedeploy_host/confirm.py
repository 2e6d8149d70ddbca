"""`confirm`: the pending activation is good. Only here does the known-good release move to changed files."""

from __future__ import annotations

from . import retention
from .changing import changing
from .clock import iso
from .protocol import AgentError, bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services
    from .store import Store


def confirm(request: Request, services: Services) -> Json:
    """{known_good, pruned}. Raises AgentError: `reverted` when the window has passed, `lease-lost`.

    Confirming twice is fine, and so is confirming an "unchanged" activation, which is null.
    """
    wanted = request.value.get("activation")
    keep = request.get("keep", int, 5)
    if keep < 1:
        raise bad_request("'keep' must be 1 or more")
    with changing(request.site, services) as store:
        store.lease.hold(request.need("token", str), services.now())
        state = store.state.load()
        pending = state["pending"]
        if pending is None or pending["activation"] != wanted:
            if wanted is None or (state["last"] and state["last"]["activation"] == wanted):
                return {"known_good": state["known_good"], "pruned": {"releases": 0, "objects": 0}}
            raise _gone(state, wanted)
        _confirm(store, state, pending, services.now())
        pruned = retention.prune(store, keep)
        return {"known_good": pending["release"], "pruned": pruned}


def _confirm(store: Store, state: Json, pending: Json, now: float) -> None:
    done = {
        "release": pending["release"],
        "tree": store.manifest(pending["release"])["tree"],
        "confirmed": iso(now),
        "by": pending["by"],
        "run": pending["run"],
        "activation": pending["activation"],
    }
    kept = ("activation", "release", "run", "by", "before_release", "before", "directories", "services")
    last = {key: pending[key] for key in kept if key in pending}
    store.state.save(
        {
            **state,
            "pending": None,
            "known_good": pending["release"],
            "current": pending["release"],
            "history": [*state["history"], done],
            "last": {**last, "at": iso(now)},
        }
    )
    store.audit(
        "confirmed",
        now,
        activation=pending["activation"],
        release=pending["release"],
        by=pending["by"],
        run=pending["run"],
    )


def _gone(state: Json, wanted: object) -> AgentError:
    reverted = state.get("last_revert") or {}
    cause = reverted.get("cause") if reverted.get("activation") == wanted else "it is not pending on this host"
    return AgentError(
        "reverted",
        f"the activation {wanted} cannot be confirmed: {cause}",
        state=f"This host is on {state['current']}.",
        next="Look at `status`, then push again.",
        detail={"cause": cause, "cause_code": "not-pending", "health": [], "revert": reverted},
    )
