"""The confirm window of an activation: when it ends, and how much of it is left.

It is measured on the clock that counts since the host's start (CLOCK_BOOTTIME), so that a stepped clock neither cuts
nor stretches it. An activation that was pending when the host went down has no window any more.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .services import Services


def opened(services: Services, seconds: float) -> Json:
    """The members of `pending` that say when a window of so many seconds, which opens now, will end."""
    boot, uptime = services.uptime()
    return {"deadline": services.now() + seconds, "ends": {"boot": boot, "at": uptime + seconds}}


def left(pending: Json, services: Services) -> float:
    """Seconds that are left; zero or less when the window has ended, or when the host was restarted since."""
    ends = pending.get("ends")
    if ends is None:  # written by an earlier version
        return float(pending["deadline"]) - services.now()
    boot, uptime = services.uptime()
    return float(ends["at"]) - uptime if ends["boot"] == boot else 0.0


def ended(pending: Json, services: Services) -> str | None:
    """Why the window is over, or None while it is open."""
    if left(pending, services) > 0:
        return None
    ends = pending.get("ends")
    if ends is not None and ends["boot"] != services.uptime()[0]:
        return "the host was restarted before it was confirmed"
    return "it was not confirmed within its window"
