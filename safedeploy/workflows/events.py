"""What a workflow tells while it works. The command line shows it; tests collect it; nothing here prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any, Protocol


class Phase(StrEnum):
    """The phases of a run, in their order."""

    RESOLVE = "resolve"
    WAIT = "wait"
    RENDER = "render"
    LINT = "lint"
    OBSERVE = "observe"
    PLAN = "plan"
    EXAMINE = "examine"
    PREFLIGHT = "preflight"
    HOOK = "hook"
    ROLLOUT = "rollout"
    SETTLE = "settle"
    UNDRAIN = "undrain"


class Status(StrEnum):
    """How far a host is within a phase."""

    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class Milestone(StrEnum):
    """What becomes of a run as a whole, for those who record it or tell others of it.

    The data of each, beside what the session knows:

    - `run-started`: command, reason
    - `rollout-started`: verb, release, hosts, reason; from here on hosts change
    - `host-ended`: host, end (core/outcome.End), release, why, seconds
    - `run-ended`: exit_code, error (null, or code, what, state, next), document (null, or what --json prints)
    - `alert`: what (opened, closed), kind, site, hosts, text, lines, share, usual, odds, change, cause: of a watch
    - `alert-lost`: text; after the end, for each channel that was not told of something
    """

    RUN_STARTED = "run-started"
    ROLLOUT_STARTED = "rollout-started"
    HOST_ENDED = "host-ended"
    RUN_ENDED = "run-ended"
    ALERT = "alert"
    ALERT_LOST = "alert-lost"


class Events(Protocol):
    """The listener. Calls may come from any thread, and must return quickly."""

    def phase(self, phase: Phase, text: str) -> None:
        """A phase begins."""

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Something is known about one host in a phase."""

    def output(self, text: str) -> None:
        """A line of Ansible's own output, for -v."""

    def milestone(self, milestone: Milestone, data: Mapping[str, Any]) -> None:
        """The run as a whole has come this far; the data can be written as JSON."""


class Unfailing:
    """Passes everything on, and forgets whatever goes wrong there: a closed terminal must not disturb a rollout."""

    def __init__(self, listener: Events) -> None:
        self._listener = listener

    def phase(self, phase: Phase, text: str) -> None:
        """Pass it on."""
        with suppress(Exception):
            self._listener.phase(phase, text)

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Pass it on."""
        with suppress(Exception):
            self._listener.host(host, phase, status, text)

    def output(self, text: str) -> None:
        """Pass it on."""
        with suppress(Exception):
            self._listener.output(text)

    def milestone(self, milestone: Milestone, data: Mapping[str, Any]) -> None:
        """Pass it on."""
        with suppress(Exception):
            self._listener.milestone(milestone, data)


class Several:
    """Passes everything on to each of several listeners; one that fails disturbs none of the others."""

    def __init__(self, *listeners: Events) -> None:
        self._listeners = tuple(Unfailing(listener) for listener in listeners)

    def add(self, listener: Events) -> None:
        """Have one more listener from now on."""
        self._listeners = (*self._listeners, Unfailing(listener))

    def phase(self, phase: Phase, text: str) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.phase(phase, text)

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.host(host, phase, status, text)

    def output(self, text: str) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.output(text)

    def milestone(self, milestone: Milestone, data: Mapping[str, Any]) -> None:
        """Pass it on."""
        for listener in self._listeners:
            listener.milestone(milestone, data)


class Hiding:
    """Passes everything on with its secrets hidden: it may be a host's own words, or Ansible's."""

    def __init__(self, listener: Events, hide: Callable[[str], str]) -> None:
        self._listener = listener
        self._hide = hide

    def phase(self, phase: Phase, text: str) -> None:
        """Pass it on."""
        self._listener.phase(phase, self._hide(text))

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Pass it on."""
        self._listener.host(host, phase, status, self._hide(text))

    def output(self, text: str) -> None:
        """Pass it on."""
        self._listener.output(self._hide(text))

    def milestone(self, milestone: Milestone, data: Mapping[str, Any]) -> None:
        """Pass it on."""
        self._listener.milestone(milestone, hidden(data, self._hide))


def hidden(value: Any, hide: Callable[[str], str]) -> Any:
    """The same JSON with every text hidden, names of members too."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {hide(str(key)): hidden(item, hide) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [hidden(item, hide) for item in value]
    return value


class Silent:
    """A listener that ignores everything."""

    def phase(self, phase: Phase, text: str) -> None:
        """Ignore."""

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Ignore."""

    def output(self, text: str) -> None:
        """Ignore."""

    def milestone(self, milestone: Milestone, data: Mapping[str, Any]) -> None:
        """Ignore."""
