"""What a start of this program does before anything else: put right what an earlier one left when it died.

- A switch that was in flight is undone to the tree before it (a revert that was in flight is done again).
- An activation whose confirm window has passed without its dead-man having acted is reverted.
- So is one that was pending when the host went down.
"""

from __future__ import annotations

from .due import due
from .put_back import put_back

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .services import Services
    from .store import Store


def recover(store: Store, services: Services, *, by: str = "recovery") -> Json | None:
    """Do what is due; return the result of the revert, or None. The lock is held. Raises AgentError(stranded)."""
    found = due(store, services)
    if found is None:
        return None
    record, cause = found
    return put_back(store, services, record, cause=cause, by=by)
