"""What runs once when the host starts, before httpd: an activation that nobody has confirmed is undone.

httpd is not started here, and nothing is asked of it: that is the system's next step. httpd's own configtest is the
proof that it can come up; the checks have to wait until somebody looks.
"""

from __future__ import annotations

from .changing import changing
from .due import interrupted
from .put_back import put_back
from .services import Services

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .store import Store

CAUSE = "the host was restarted before it was confirmed"
BY = "boot guard"


class BeforeHttpd(Services):
    """The site's services while the host starts: none runs, and none may be started from here."""

    def status(self) -> Json:
        """Nothing runs yet."""
        return {"installed": True, "running": False, "loaded": None, "reason": "the host is starting"}

    def reload(self, *, restart: bool = False) -> Json:  # noqa: ARG002 -- the signature of what it stands in for
        """Whether httpd could be started with what is on disk."""
        from . import control

        tested = control.control(self.site, *self.site["httpd"].get("test", ["configtest"]))
        return {
            "ok": tested.ok,
            "how": "configtest",
            "seconds": 0.0,
            "proof": "the host is starting: httpd's configtest passed",
            "error": None if tested.ok else tested.explained(),
            "pid": None,
            "pid_start": None,
        }

    def reload_others(self, items: list[Json], declared: Json) -> list[Json]:  # noqa: ARG002 -- as above
        """They read their files when the system starts them."""
        return []

    def restore_others(self, items: list[Json]) -> tuple[list[Json], list[str]]:  # noqa: ARG002 -- as above
        """As `reload_others`."""
        return [], []

    def health(self, checks: list[Json]) -> list[Json]:  # noqa: ARG002 -- as above
        """Nobody answers yet."""
        return []

    def default_checks(self) -> list[Json]:
        """As `health`."""
        return []


def boot(store: Store, services: Services | None = None) -> Json | None:
    """Undo what is pending or was interrupted; the result of the revert, or None. Raises AgentError(stranded)."""
    services = services or BeforeHttpd(store.site)
    record = _unfinished(store)
    if record is None:
        return None
    # Entering undoes it already when the window is over, with the same services.
    with changing(store.site, services, by=BY) as locked:
        record = _unfinished(locked)
        if record is not None:
            return put_back(locked, services, record, cause=CAUSE, by=BY)
        return {"outcome": "reverted", "release": locked.state.load()["current"], "went_to": "before"}


def _unfinished(store: Store) -> Json | None:
    found = interrupted(store)
    pending: Json | None = store.state.load()["pending"]
    return found[0] if found else pending
