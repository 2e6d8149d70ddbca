"""Try the channels of an environment now, and list what they were told and has not gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from safedeploy.core.alerts import trial
from safedeploy.core.channels import Channel
from safedeploy.core.drift_alerts import Open
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.nearest import suggestion
from safedeploy.workflows.alert_courier import Courier
from safedeploy.workflows.alert_memory import Memory
from safedeploy.workflows.alerting import about, address
from safedeploy.workflows.session import Session


def channels(session: Session, only: Iterable[str] = ()) -> tuple[Channel, ...]:
    """The channels of the environment, or those that are named. Raises `no-channels` and `channel-unknown`."""
    configured = session.policy.alerts.channels
    if not configured:
        raise SafedeployError(
            "no-channels",
            f"no channel is told of {session.target.environment}: alerts.channels in safedeploy.yml has none",
            next_step="Add a channel; docs/alerts.md has examples.",
        )
    known = [channel.name for channel in configured]
    wanted = list(only)
    for name in wanted:
        if name not in known:
            raise SafedeployError(
                "channel-unknown",
                f"{session.target.environment} has no channel {name}; {suggestion(name, known)}",
                next_step=f"Name one of: {', '.join(known)}.",
                exit_code=ExitCode.USAGE,
            )
    return tuple(channel for channel in configured if not wanted or channel.name in wanted)


def try_out(session: Session, chosen: tuple[Channel, ...]) -> dict[str, str | None]:
    """Send a test to each channel at once; by its name None, or why it did not arrive."""
    alert = trial(about(session))
    couriers = [Courier(channel, Memory(session, channel.name)) for channel in chosen]
    for courier in couriers:
        try:
            courier.address = address(session, courier.channel, decrypt=True)
        except ValueError as error:
            courier.unusable = str(error)
    with ThreadPoolExecutor(max_workers=len(couriers)) as pool:
        found = pool.map(lambda courier: courier.unusable or courier.try_now(alert), couriers)
        return dict(zip((courier.channel.name for courier in couriers), found, strict=True))


@dataclass(frozen=True, kw_only=True)
class StillOpen:
    """What each channel was told and has not gone, the oldest first; `part` says why others may know of more."""

    channels: Mapping[str, list[Open]]
    part: str | None


def still_open(session: Session, chosen: tuple[Channel, ...], now: float) -> StillOpen:
    """Read what is open. Raises `alerts-unreadable` when nothing can be read."""
    memories = {channel.name: Memory(session, channel.name) for channel in chosen}
    found = {
        name: sorted(one.known(now).values(), key=lambda one: (one.opened, one.key)) for name, one in memories.items()
    }
    for memory in memories.values():
        if memory.trouble is not None:
            raise SafedeployError(
                "alerts-unreadable",
                f"what is open cannot be read: {memory.trouble}",
                next_step="Correct the mode or owner of the directory safedeploy/alerts below XDG_STATE_HOME.",
            )
    part = next((memory.store_trouble for memory in memories.values() if memory.store_trouble), None)
    return StillOpen(channels=found, part=part)
