"""`examine`: what a candidate would mean to this host's httpd, for a plan. It changes nothing and takes no lock."""

from __future__ import annotations

from .. import tree
from ..adopted import effective
from ..preflight import decode, no_httpd
from ..store import Store
from . import concerns, differences
from .examine import examine as look_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..protocol import Json, Request
    from ..services import Services


def examine(request: Request, services: Services) -> Json:
    """{configtest, restart, differences, findings, method, limits} of `entries` laid over the live tree.

    `objects` holds the contents that the host has not got. The host needs no state directory. Raises AgentError:
    `bad-request`, `object-missing`, `object-corrupt`, `no-httpd`.
    """
    store = Store(request.site)
    entries = request.need("entries", dict)
    tree.check(entries)
    if not services.installed():
        raise no_httpd(store)
    incoming = decode(request.get("objects", dict, {}), entries)
    goal = effective(entries, store.adopted.entries())
    changes = tree.changes(store.live(goal), goal)

    def open_object(sha256: str) -> bytes:
        return incoming[sha256] if sha256 in incoming else store.objects.read(sha256)

    seen = look_at(request.site, changes, open_object)
    live, candidate = seen["live"], seen["candidate"]
    return {
        "configtest": seen["configtest"],
        "restart": seen["restart"],
        "differences": differences.differences(live, candidate) if candidate else [],
        "findings": concerns.concerns(request.site, live, candidate, changes) if candidate else [],
        "method": seen["method"],
        "limits": seen["limits"],
    }
