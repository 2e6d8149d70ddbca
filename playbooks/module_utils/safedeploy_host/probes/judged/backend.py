"""Errors that come from a backend, and say nothing about the configuration."""

from __future__ import annotations

from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .case import Case
    from .found import Found

    Json = dict[str, Any]

_GATEWAY = (502, 503, 504)


def judge(case: Case) -> Iterator[Found]:
    """For a failure that is the shadow's, not the candidate's, or that of a backend which is down in live too.

    A backend that refuses or is silent on the host itself fails the real server just so: that is no excuse.
    """
    if not _failed(case.candidate):
        return
    for backend in case.around.backends:
        if backend.get("state") == "unbridged" and _mentions(case.candidate, str(backend["target"])):
            why = f"the shadow cannot reach {backend['target']}: {backend.get('why') or 'not bridged'}"
            yield found.Found(found.INCONCLUSIVE, "backend", after=why)
            return
    if _failed(case.live) and case.live["status"] == case.candidate["status"] is not None and not case.new:
        yield found.Found(found.INCONCLUSIVE, "backend", after="the backend does not answer, as before")


def _failed(answer: Json) -> bool:
    status = _status(answer)
    return status in _GATEWAY or (status is None and bool(answer["asked"]))


def _status(answer: Json) -> int | None:
    """That of the answer, or of what its redirects end in."""
    found: int | None = (answer.get("final") or answer)["status"]
    return found


def _mentions(answer: Json, target: str) -> bool:
    """Whether the log blames this backend; when it says nothing, the gateway's status has to do.

    No answer at all is httpd's own fault unless the log says otherwise: a proxy that reaches nobody answers so.
    """
    lines = answer.get("log") or []
    if not lines:
        return _status(answer) in _GATEWAY
    name = target.rpartition(":")[0]
    return any(target in line or name in line for line in lines)
