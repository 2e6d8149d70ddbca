"""How many hosts may be out of service at a time, and what that leaves of the batches. Pure.

Every host of the fleet counts that is not known to serve, whatever took it out of service and whenever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core import counted
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.observed import Observed

Batches = tuple[int | str, ...]


@dataclass(frozen=True, kw_only=True)
class Room:
    """`limit` hosts of `fleet` may be out of service; `out` are those that are now, each with why."""

    limit: int
    fleet: int
    out: Mapping[str, str] = field(default_factory=dict)

    def left(self, acting: Sequence[str]) -> int:
        """How many of the acting hosts may be changed at a time. Those that are all out already can only get better."""
        return self.limit if set(acting) <= set(self.out) else self.limit - len(self.out)

    def to_json(self) -> dict[str, Any]:
        """As the bundle has it."""
        return {"limit": self.limit, "out": sorted(self.out)}


def room(setting: int | str, seen: Mapping[str, Observed], missing: Mapping[str, str]) -> Room:
    """The room in a whole fleet; a percentage is rounded down, to 1 at least."""
    fleet = len(seen) + len(missing)
    out = {host: why for host, one in seen.items() if (why := unavailable(one))}
    out |= {host: f"could not be read: {why}" for host, why in missing.items()}
    return Room(limit=in_hosts(setting, fleet), fleet=fleet, out=out)


def unavailable(observed: Observed) -> str:
    """Why a host does not serve, as far as it says; empty when it does."""
    if observed.stranded is not None:
        return "stranded"
    if observed.drained is not None:
        return f"out of service since {observed.drained.get('since')}"
    if not observed.httpd.running:
        return "httpd does not run"
    return ""


def in_hosts(size: int | str, of: int) -> int:
    """A number of hosts out of a number or a percentage, as Ansible's `serial` counts them."""
    if isinstance(size, str) and size.endswith("%"):
        return max(1, int(size[:-1]) * of // 100)
    return int(size)


def require_room(found: Room, acting: Sequence[str]) -> None:
    """Raise `no-room` when as many hosts are out of service as may be."""
    if found.left(acting) >= 1:
        return
    lines = "\n".join(f"  {host}: {why}" for host, why in sorted(found.out.items()))
    raise SafedeployError(
        "no-room",
        f"{len(found.out)} of {counted.hosts(found.fleet)} out of service already, and max_unavailable allows "
        f"{found.limit}:\n{lines}",
        next_step="Bring them back into service first (`safedeploy undrain` for those that a run left out), or raise "
        "rollout.max_unavailable.",
        exit_code=ExitCode.REFUSED,
    )


def cut(batches: Batches, acting: Sequence[str], found: Room | None) -> Batches:
    """The batches, each no larger than what is left; as they were when none is too large."""
    if found is None:
        return batches
    left = max(1, found.left(acting))
    sizes = [in_hosts(size, len(acting)) for size in batches]
    # A batch is never larger than what there is to do.
    if all(min(size, len(acting)) <= left for size in sizes):
        return batches
    return tuple(min(size, left) for size in sizes)


def explain(before: Batches, after: Batches, found: Room | None) -> str:
    """What the screen says of the batches."""
    text = f"batches {', '.join(map(str, after))}"
    if found is None or before == after:
        return text
    out = ", ".join(sorted(found.out)[:5]) + (f" and {len(found.out) - 5} more" if len(found.out) > 5 else "")
    already = f"; out of service already: {out}" if found.out else ""
    return (
        f"{text} (cut from {', '.join(map(str, before))}: max_unavailable allows {found.limit} of "
        f"{counted.hosts(found.fleet)}{already})"
    )
