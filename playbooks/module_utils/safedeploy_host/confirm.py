"""`confirm`: the pending activation is good. Only here does the known-good release move to changed files.

The services are asked once more first: a release that was well when it came and is not any more is not confirmed.
"""

from __future__ import annotations

from . import retention, stranded, tree, verdict
from .changing import changing
from .clock import iso
from .protocol import AgentError, bad_request
from .releases import ADOPTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services
    from .store import Store


def confirm(request: Request, services: Services) -> Json:
    """{known_good, pruned, health}. Raises AgentError: `reverted` when the window has passed, `lease-lost`.

    `live-changed` when a file is not as the release has it: what would be confirmed is not what was tried;
    `health-failed` when a check fails. Either way it stays pending, and the window goes on. `health` null: no check is
    made. `actor` is who decides, when that is not who activated. Confirming twice is fine, and so is confirming an
    "unchanged" activation, which is null.
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
                return {"known_good": state["known_good"], "pruned": {"releases": 0, "objects": 0}, "health": []}
            raise gone(state, wanted)
        _refuse_edited(store, pending)
        results = _prove(store, services, pending, request.value.get("health"))
        _confirm(store, state, pending, services.now(), actor=request.get("actor", str, "") or pending["by"])
        services.remember_surroundings(store)
        pruned = retention.prune(store, keep)
        return {"known_good": pending["release"], "pruned": pruned, "health": results}


def _refuse_edited(store: Store, pending: Json) -> None:
    goal = store.effective(pending["release"])
    edited = sorted(tree.changes(store.live(goal), goal))
    if edited:
        named = ", ".join(edited[:5]) + (f" and {len(edited) - 5} more" if len(edited) > 5 else "")
        raise AgentError(
            "live-changed",
            f"release {pending['release']} was not confirmed: edited by hand since it was activated: {named}",
            state=f"{pending['release']} is live on this host, edited and unconfirmed, until "
            f"{iso(pending['deadline'])}; then the host goes back to {pending['before_release']} by itself, and keeps "
            "the edits aside.",
            next="Undo the edits on the host and confirm again; or bring them into the templates and push.",
            detail={"paths": edited},
        )


def _prove(store: Store, services: Services, pending: Json, checks: list[Json] | None) -> list[Json]:
    if checks is None:
        return []
    release = pending["release"]
    found = {} if release == ADOPTED else store.releases.preflight(release)
    results = verdict.measure(services, checks)
    bad = verdict.failing(services, checks, found.get("baseline", []), results)
    if bad:
        raise AgentError(
            "health-failed",
            f"release {release} is not well, and was not confirmed: {verdict.text(bad)}",
            state=f"{release} is live on this host, unconfirmed, until {iso(pending['deadline'])}; then the host goes "
            f"back to {pending['before_release']} by itself.",
            next="Find out why and confirm again, or take it back: `safedeploy abort`.",
            detail={"health": results, "cause": verdict.text(bad)},
        )
    return results


def _confirm(store: Store, state: Json, pending: Json, now: float, *, actor: str) -> None:
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
        by=actor,
        run=pending["run"],
    )


def gone(state: Json, wanted: object) -> AgentError:
    """The refusal when `wanted` is not pending any more."""
    was = state["stranded"]
    if was and was["record"]["activation"] == wanted:
        why = f"it failed ({was['cause']}), and so did going back"
        return stranded.still(was, f"the activation {wanted} cannot be confirmed: {why}")
    reverted = state.get("last_revert") or {}
    cause = reverted.get("cause") if reverted.get("activation") == wanted else "it is not pending on this host"
    return AgentError(
        "reverted",
        f"the activation {wanted} cannot be confirmed: {cause}",
        state=f"This host is on {state['current']}.",
        next="Look at `status`, then push again.",
        detail={"cause": cause, "cause_code": "not-pending", "health": [], "revert": reverted},
    )
