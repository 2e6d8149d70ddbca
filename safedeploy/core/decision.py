"""A person's decision about releases that are pending, and where each host is after it. Pure.

pending --confirm, the services are well--> confirmed
pending --confirm, they are not-----------> pending still; the window goes on
pending --abort---------------------------> reverted
pending --its window ends-----------------> reverted, whatever is decided then
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from safedeploy.core.errors import ExitCode
from safedeploy.core.observed import Observed, Pending
from safedeploy.core.outcome import End, HostEnd


class Decision(StrEnum):
    """What a person decides."""

    CONFIRM = "confirm"
    ABORT = "abort"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a host answered to the decision: nothing went wrong, or a code, the cause, and steps for hands."""

    code: str | None = None
    cause: str = ""
    steps: tuple[str, ...] = field(default=())


def decided(host: str, pending: Pending, said: Said, after: Observed | None) -> HostEnd:
    """The end of one host whose `pending` was decided on, by what it recorded; `after` is None when it is not read."""
    if after is None:
        why = f"{said.cause or 'the host does not answer'}; unless it was decided, it reverts at {pending.until}"
        return HostEnd(host=host, end=End.PENDING, why=why, release=pending.release)
    if after.stranded is not None:
        steps = said.steps or tuple(str(step) for step in after.stranded.get("steps") or ())
        why = str(after.stranded.get("cause"))
        return HostEnd(host=host, end=End.STRANDED, why=why, release=after.current, steps=steps)
    if after.pending is not None and after.pending.activation == pending.activation:
        why = f"{said.cause or 'not decided'}; reverts by itself at {after.pending.until}"
        return HostEnd(host=host, end=End.PENDING, why=why, release=pending.release)
    if after.last_activation == pending.activation and after.known_good == pending.release:
        return HostEnd(host=host, end=End.CONFIRMED, why="healthy and confirmed", release=after.current)
    return HostEnd(host=host, end=End.REVERTED, why=after.reverted_cause or said.cause, release=after.current)


def decision_exit_code(
    decision: Decision, ends: Mapping[str, HostEnd], said: Mapping[str, Said], *, interrupted: bool
) -> ExitCode:
    """The published exit code of a decision: 0 when it holds on every host."""
    found = {end.end for end in ends.values()}
    wanted = End.CONFIRMED if decision is Decision.CONFIRM else End.REVERTED
    codes = {said[host].code for host, end in ends.items() if end.end is End.PENDING and host in said}
    if End.STRANDED in found:
        return ExitCode.STRANDED
    if decision is Decision.CONFIRM and End.REVERTED in found:
        return ExitCode.REVERTED
    if found <= {wanted}:
        return ExitCode.OK
    if interrupted:
        return ExitCode.INTERRUPTED
    if codes == {"lease-held"}:
        return ExitCode.LEASE_HELD
    return ExitCode.UNREACHABLE if codes == {"unreachable"} else ExitCode.REFUSED
