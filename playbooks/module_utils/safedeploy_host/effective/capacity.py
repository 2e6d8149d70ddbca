"""How many requests the server takes on at once, before and after, and how many connections it has now."""

from __future__ import annotations

from .. import sockets
from .nodes import place, value
from .raised import ERROR, WARNING, finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Json = dict[str, Any]

# What is compiled in: (ServerLimit, ThreadsPerChild). Source: server/mpm/*/*.c of httpd 2.4.
_COMPILED_IN = {"mpm_event_module": (16, 25), "mpm_worker_module": (16, 25), "mpm_prefork_module": (256, 1)}
_ASYNC_FACTOR = 2
_A_CUT = 4


def capacity(live: Json, candidate: Json) -> Iterator[Json]:
    """A finding where the candidate takes on less than live: an error where that is less than what is busy now."""
    before, after = workers(live), workers(candidate)
    if before is None or after is None or after >= before:
        return
    node = value(candidate["tree"], "maxrequestworkers") or value(candidate["tree"], "maxclients")
    busy = sockets.established({one["port"] for one in candidate["listen"]})
    # Idle connections cost an event MPM no worker.
    room = after * (1 + _ASYNC_FACTOR) if candidate["mpm"] == "mpm_event_module" else after
    if busy > room:
        yield finding(
            "capacity-cut",
            f"The server would serve {after} requests at once instead of {before}, and {busy} connections are open now",
            severity=ERROR,
            place=place(node) if node else None,
            remedy="Leave MaxRequestWorkers above what is needed, or change it when the load is lower",
        )
    elif after * _A_CUT <= before:
        yield finding(
            "capacity-cut",
            f"The server would serve {after} requests at once instead of {before}",
            severity=WARNING,
            place=place(node) if node else None,
            remedy="Make sure that this is enough at the busiest time",
        )


def workers(effective: Json) -> int | None:
    """How many requests a configuration serves at once; None for an MPM that is not known."""
    limits = _COMPILED_IN.get(effective["mpm"] or "")
    if limits is None:
        return None
    servers = _number(effective, "serverlimit") or limits[0]
    threads = _number(effective, "threadsperchild") or limits[1]
    most = servers * (1 if effective["mpm"] == "mpm_prefork_module" else threads)
    return min(_number(effective, "maxrequestworkers") or _number(effective, "maxclients") or most, most)


def _number(effective: Json, name: str) -> int | None:
    node = value(effective["tree"], name)
    text = node["args"][0] if node and node["args"] else ""
    return int(text) if text.isdigit() else None
