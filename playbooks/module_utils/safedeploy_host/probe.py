"""`health`: run checks now, on request."""

from __future__ import annotations

from . import verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services


def probe(request: Request, services: Services) -> list[Json]:
    """The results of the checks in the request, or of one for each virtual host when it has none. Changes nothing."""
    return verdict.measure(services, request.get("health", list, []))
