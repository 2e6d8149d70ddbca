"""Takes one channel its messages, in their order and in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from safedeploy.adapters import alert_text, notify
from safedeploy.core.alerts import About, Alert, variables
from safedeploy.core.channels import Channel
from safedeploy.core.drift_alerts import Check, Open, messages
from safedeploy.workflows.alert_memory import Memory


class Courier:
    """One channel during one run.

    `address` is None as long as it is not known, and `unusable` says why it will not be. The thread is a daemon: a
    service that never answers keeps no program from its end.
    """

    def __init__(self, channel: Channel, memory: Memory) -> None:
        self.channel = channel
        self.address: str | None = None
        self.unusable: str | None = None
        self.not_told: str | None = None
        self._memory = memory
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._troubles: dict[str, list[str]] = {}
        self._notes: dict[str, None] = {}
        self._waiting = 0

    def tell(self, alert: Alert) -> None:
        """Send this."""
        self._do(lambda: self._deliver(alert))

    def try_now(self, alert: Alert) -> str | None:
        """Send this at once, in the thread of the caller; why it did not arrive."""
        self._deliver(alert)
        return "; ".join(self._troubles) or None

    def compare(self, about: About, check: Check, now: float) -> None:
        """Send what is new in this drift check, and what has gone."""
        self._do(lambda: self._compared(about, check, now))

    def no_more(self) -> None:
        """Nothing comes any more."""
        self._jobs.put(None)

    @property
    def busy(self) -> bool:
        """Whether something is on its way; only to be asked after `no_more`."""
        return self._thread is not None and self._thread.is_alive()

    def troubles(self) -> list[str]:
        """What a person should know, a line each; called once the waiting is over."""
        name = f"alert: channel {self.channel.name}"
        lines = [f"{name} was not told of {' and '.join(kinds)}: {why}" for why, kinds in self._troubles.items()]
        if self.not_told is not None:
            lines.append(f"{name} is told nothing: {self.not_told}")
        if self.busy and self._waiting:
            lines.append(f"{name}: it is not known whether the last {self._waiting} arrived: that took too long")
        return [*lines, *(f"{name}: {note}" for note in self._notes)]

    def _do(self, job: Callable[[], object]) -> None:
        self._waiting += 1
        self._jobs.put(job)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=f"alerts-{self.channel.name}", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - an alert must never end a run, and the next one is to go out
                self._notes[f"something was not sent, by a fault of safedeploy: {type(error).__name__}"] = None
            self._waiting -= 1

    def _compared(self, about: About, check: Check, now: float) -> None:
        memory = self._memory
        with memory.turn():
            known = memory.known(now)
            due = messages(about, check, self.channel, known, now)
            new = {key: told for one in due for key, told in one.opens.items() if key not in known}
            if quicker := memory.claim(new, now):
                others = {
                    key: Open(key=key, severity=new[key][0], text=new[key][1], opened=now, sent=now) for key in quicker
                }
                due = messages(about, check, self.channel, {**known, **others}, now)
            for message in due:
                if message.alert is None or self._deliver(message.alert):
                    memory.put(message.opens, now)
                    memory.close(message.closes, now)
                else:
                    memory.give_back(message.opens.keys() - known.keys(), now)
        if memory.trouble is not None:
            self._notes[f"what it was told could not be kept, so that it may be told again: {memory.trouble}"] = None

    def _deliver(self, alert: Alert) -> bool:
        """Send one message; whether it has arrived, as far as is known."""
        message = notify.Message(
            severity=alert.severity,
            title=self._text(alert_text.title, self.channel.title, alert),
            body=self._text(alert_text.body, self.channel.body, alert),
        )
        why = notify.send(self.address or "", message, self.channel.timeout)
        if why is not None:
            self._troubles.setdefault(why, []).append(alert.kind.value)
        return why is None

    def _text(self, write: Callable[..., str], template: str | None, alert: Alert) -> str:
        values = variables(alert)
        try:
            return write(template, values)
        except ValueError as error:
            self._notes[f"its template cannot be used, so that safedeploy's own words were sent: {error}"] = None
            return write(None, values)
