"""The commands about the lease alone: `take-lease`, `renew`, `release-lease`, `unlock`. No configuration changes."""

from __future__ import annotations

from .changing import changing
from .clock import iso
from .lease import held
from .prepare import command_of, pending_exists, refuse_pending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services
    from .store import Store


def take(request: Request, services: Services) -> Json:
    """{token, until}: the lease by itself, for a run that waits for it, or that decides on a pending activation.

    With `look` it is not taken: the answer is whether it could be.

    Raises AgentError: `lease-held`; `pending-exists` while an activation is pending that is not `activation`.
    """
    run, holder = request.need("run", str), request.need("holder", str)
    wanted = request.value.get("activation")
    with changing(request.site, services) as store:
        now, reason = services.now(), request.get("reason", str, "")
        store.lease.refuse_other(run, now)
        pending = store.state.load()["pending"]
        if pending is None or pending["activation"] != wanted:
            refuse_pending(store, run)
        if request.get("look", bool, default=False):
            return {"token": None, "until": None}
        lease = store.lease.take(run, holder, reason, request.seconds("ttl", 300), now, key=request.get("key", str, ""))
        store.audit("lease-taken", now, run=run, holder=holder, reason=reason, **command_of(request))
        return {"token": lease["token"], "until": iso(lease["until"])}


def renew(request: Request, services: Services) -> Json:
    """Extend the lease by its own duration. Raises AgentError(lease-lost)."""
    with changing(request.site, services) as store:
        store.lease.renew(request.need("token", str), services.now())
        return store.lease.public(services.now()) or {}


def release(request: Request, services: Services) -> Json:
    """Give the lease back, by its `token`, or by the `key` of the run that took it. Raises AgentError(lease-lost)."""
    with changing(request.site, services) as store:
        token = store.lease.token_of_key(request.get("key", str, "")) or request.get("token", str, "")
        store.lease.release(token, services.now())
        store.audit("lease-released", services.now())
        return {"released": True}


def unlock(request: Request, services: Services) -> Json:
    """{outcome, lease}: take the lease away from `holder_run`, whose token is worth nothing from then on.

    Raises AgentError: `pending-exists` while its activation may still be confirmed; `lease-held` when another run has
    taken the lease since the person looked.
    """
    actor, run = request.need("actor", str), request.get("run", str, "")
    reason, holder_run = request.need("reason", str), request.need("holder_run", str)
    with changing(request.site, services) as store:
        _refuse_open_window(store)
        lease = store.lease.read()
        if lease is None or not lease["token"]:
            return {"outcome": "nothing-to-unlock", "lease": None}
        if lease["run"] != holder_run:
            raise held(lease)
        now = services.now()
        seen = store.lease.public(now)
        store.lease.take_away(by=actor, reason=reason, now=now)
        store.audit(
            "lease-taken-away", now, holder=lease["holder"], holder_run=holder_run, by=actor, run=run, why=reason
        )
        return {"outcome": "unlocked", "lease": seen}


def _refuse_open_window(store: Store) -> None:
    """A pending activation whose window is over was undone on the way in."""
    pending = store.state.load()["pending"]
    if pending is not None:
        raise pending_exists(pending)
