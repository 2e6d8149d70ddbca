"""`prepare`: take the lease, and say which contents must be sent. Changes nothing that httpd reads."""

from __future__ import annotations

from .changing import changing
from .clock import iso
from .protocol import AgentError
from .releases import check_manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services
    from .store import Store


def prepare(request: Request, services: Services) -> Json:
    """{token, missing, until}. Raises AgentError: `lease-held`, `pending-exists`, `no-permission`, `stranded`."""
    check_manifest(request.need("manifest", dict))
    with changing(request.site, services) as store:
        return take(request, services, store)


def take(request: Request, services: Services, store: Store) -> Json:
    """What `prepare` answers. Raises AgentError: `lease-held`, `pending-exists`."""
    manifest, now = request.need("manifest", dict), services.now()
    run, holder = request.need("run", str), request.need("holder", str)
    # First who is at work, and only then what a run that has gone left behind.
    store.lease.refuse_other(run, now)
    refuse_pending(store, run)
    reason = request.get("reason", str, "")
    lease = store.lease.take(run, holder, reason, request.seconds("ttl", 300), now, key=request.get("key", str, ""))
    told = {"run": run, "holder": holder, "reason": reason, **command_of(request)}
    store.audit("prepared", now, release=manifest["release"], **told)
    return {
        "token": lease["token"],
        "until": iso(lease["until"]),
        "missing": store.objects.missing(manifest["entries"]),
    }


def command_of(request: Request) -> Json:
    """Which of safedeploy's commands this is for, where it tells: for the audit."""
    command = request.get("command", str, "")
    return {"command": command} if command else {}


def refuse_pending(store: Store, run: str | None) -> None:
    """Raise AgentError(pending-exists) while an activation of another run waits for its confirmation."""
    pending = store.state.load()["pending"]
    if pending is not None and pending["run"] != run:
        raise pending_exists(pending)


def pending_exists(pending: Json) -> AgentError:
    """The refusal while an activation may still be confirmed: it is confirmed or cancelled, never amended."""
    until = iso(pending["deadline"])
    return AgentError(
        "pending-exists",
        f"release {pending['release']} of run {pending['run']} (by {pending['by']}) is to be confirmed until {until}",
        state="That release is live on this host, unconfirmed. Nothing else was changed.",
        next="Decide with `safedeploy confirm` or `safedeploy abort`, or wait: by then it is confirmed, or the host "
        "has reverted it by itself.",
        detail={
            "activation": pending["activation"],
            "release": pending["release"],
            "run": pending["run"],
            "until": until,
        },
    )
