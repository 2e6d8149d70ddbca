"""How each host ended, told to those who listen."""

from __future__ import annotations

from collections.abc import Iterable

from safedeploy.core.outcome import HostEnd
from safedeploy.workflows.events import Milestone
from safedeploy.workflows.session import Session


def tell_ends(session: Session, ends: Iterable[HostEnd]) -> None:
    """Tell the end of each of these hosts."""
    for end in ends:
        data = {
            "host": end.host,
            "end": end.end.value,
            "release": end.release,
            "why": end.why,
            "seconds": end.seconds,
        }
        session.events.milestone(Milestone.HOST_ENDED, data)
