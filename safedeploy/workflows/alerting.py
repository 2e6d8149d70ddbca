"""Tell the channels of an environment what becomes of a run.

Promises: nothing waits for a channel but the very end of the program, and that for a few seconds at most; whatever
goes wrong here changes neither the run nor its exit code, and is told in one line for each channel. Each channel has
a thread of its own, in which its messages go out one after the other.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from safedeploy.adapters import channel_address, notify
from safedeploy.core import alerts, drift_alerts, push_alerts
from safedeploy.core.alerts import About, Alert
from safedeploy.core.channels import Channel
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.workflows.alert_courier import Courier
from safedeploy.workflows.alert_memory import Memory
from safedeploy.workflows.events import Milestone, Silent
from safedeploy.workflows.interrupt import Interrupt
from safedeploy.workflows.session import Session

LONGEST = 10.0  # seconds that the end of the program waits for all channels together

_LOOK = 0.02

# The commands whose end may be told; others have no need of an address.
TELLING = frozenset({"push", "rollback", "confirm", "abort", "drift", "watch"})
_NOT_A_FAILURE = (ExitCode.INTERRUPTED, ExitCode.USAGE)


class Alerting(Silent):
    """The listener of one run. Texts come to it with their secrets hidden."""

    def __init__(self, session: Session, channels: tuple[Channel, ...], clock: Callable[[], float] = time.time) -> None:
        self._session, self._clock = session, clock
        self._about = about(session)
        self._begun: push_alerts.Begun | None = None
        self._couriers = [Courier(channel, Memory(session, channel.name)) for channel in channels]
        self._telling = False

    def milestone(self, milestone: Milestone, data: Mapping[str, Any]) -> None:
        """Decide whether this is told, and hand it on."""
        if milestone is Milestone.RUN_STARTED:
            self._about = about(self._session, command=str(data["command"]), reason=str(data["reason"]))
            self._telling = self._about.command in TELLING
        elif milestone is Milestone.ROLLOUT_STARTED:
            self._begun = push_alerts.Begun(
                verb=str(data["verb"]), release=str(data["release"]), hosts=tuple(map(str, data["hosts"]))
            )
            begun = self._begun
            self.send(alerts.started(self._about, begun.verb, begun.release, begun.hosts))
        elif milestone is Milestone.RUN_ENDED:
            self._end(data)

    def without_address(self) -> list[str]:
        """One line for each channel that cannot be told anything, as far as that shows without a password."""
        lines = []
        for courier in self._couriers if self._telling else ():
            try:
                courier.address = address(self._session, courier.channel, decrypt=False)
            except ValueError as error:
                courier.unusable = str(error)
                lines.append(f"alert: channel {courier.channel.name} is told nothing: {error}")
        return lines

    def finish(self, longest: float = LONGEST) -> list[str]:
        """Wait for what is on its way, within bounds; one line for each channel that something did not reach.

        An interruption ends the waiting, and nothing else.
        """
        end = time.monotonic() + longest
        for courier in self._couriers:
            courier.no_more()
        with Interrupt() as interrupt, interrupt.shield():
            while any(courier.busy for courier in self._couriers):
                if interrupt.requested or time.monotonic() >= end:
                    break
                time.sleep(_LOOK)
        return [line for courier in self._couriers for line in courier.troubles()]

    def _end(self, data: Mapping[str, Any]) -> None:
        if self._about.command == "watch":
            return  # it has told what there was to tell
        error, document, exit_code = data["error"], data["document"], int(data["exit_code"])
        if self._about.command == "drift":
            if exit_code not in _NOT_A_FAILURE:
                check = drift_alerts.check_of(document, error, whole=self._session.target.limit is None)
                for courier in self._couriers:
                    if self._reachable(courier):
                        courier.compare(self._about, check, self._clock())
            return
        ended = push_alerts.Ended(exit_code=exit_code, error=error, document=document)
        alert = push_alerts.alert(self._about, self._begun, ended)
        if alert is not None:
            self.send(alert)

    def send(self, alert: Alert) -> None:
        """Tell the channels that want it."""
        for courier in self._couriers:
            if courier.channel.wants(alert.kind, alert.severity) and self._reachable(courier):
                courier.tell(alert)

    def _reachable(self, courier: Courier) -> bool:
        """Have its address looked up, once; a vault is only opened when there is something to tell."""
        if courier.address is None and courier.unusable is None:
            try:
                courier.address = address(self._session, courier.channel, decrypt=True)
            except ValueError as error:
                courier.unusable = str(error)
                courier.not_told = str(error)
        return courier.address is not None


def attach(session: Session) -> Alerting | None:
    """Have a run told to the channels of its environment; None where there are none, or the settings cannot be read."""
    with suppress(SafedeployError):  # the command itself says so
        channels = session.policy.alerts.channels
        if channels:
            listener = Alerting(session, channels)
            session.attach(listener)
            session.tell = listener.send
            return listener
    return None


def about(session: Session, *, command: str = "alerts", reason: str = "") -> About:
    """What alerts say of this run."""
    return About(
        project=session.policy.project,
        environment=session.target.environment,
        run=session.identity.run,
        actor=session.identity.actor,
        job=session.identity.job_url or "",
        command=command,
        reason=reason,
    )


def address(session: Session, channel: Channel, *, decrypt: bool) -> str | None:
    """The address of a channel, which is hidden from now on; None when it is encrypted and `decrypt` is not given.

    Raises ValueError, whose text says why there is none.
    """

    def opened(path: Any) -> str:
        if not decrypt:
            raise _Encrypted
        try:
            return session.inventory.decrypted(path)
        except SafedeployError as error:
            raise ValueError(
                f"{channel.url_file} is encrypted, and the inventory cannot be read: {error.what}"
            ) from None

    try:
        found = channel_address.read(channel, session.target.project, os.environ, opened)
    except _Encrypted:
        return None
    session.know(notify.secrets(found))
    return found


class _Encrypted(Exception):  # noqa: N818 - not an error: it is read later
    """The address is in a vault that is not opened yet."""
