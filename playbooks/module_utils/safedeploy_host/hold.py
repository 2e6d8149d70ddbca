"""`hold`: the pending activation waits for a person, for longer than a run needs to confirm."""

from __future__ import annotations

from . import window
from .changing import changing
from .confirm import gone
from .protocol import bad_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services


def hold(request: Request, services: Services) -> Json:
    """{activation, deadline}: a window of `window` seconds opens now, and its dead-man heeds it.

    Raises AgentError: `reverted` when the activation is not pending any more, `lease-lost`.
    """
    wanted, seconds = request.need("activation", str), request.seconds("window", 0)
    if seconds <= 0:
        raise bad_request("'window' must be more than 0 seconds")
    with changing(request.site, services) as store:
        store.lease.hold(request.need("token", str), services.now())
        state = store.state.load()
        pending = state["pending"]
        if pending is None or pending["activation"] != wanted:
            raise gone(state, wanted)
        held: Json = {**pending, **window.opened(services, seconds), "held": True}
        store.state.save({**state, "pending": held})
        store.audit("held", services.now(), activation=wanted, release=held["release"], seconds=seconds)
        return {"activation": wanted, "deadline": held["deadline"]}
