"""What a workflow tells while it works. The command line shows it; tests collect it; nothing here prints."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Protocol


class Phase(StrEnum):
    """The phases of a run, in their order."""

    RESOLVE = "resolve"
    WAIT = "wait"
    RENDER = "render"
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


class Events(Protocol):
    """The listener. Calls may come from any thread, and must return quickly."""

    def phase(self, phase: Phase, text: str) -> None:
        """A phase begins."""

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Something is known about one host in a phase."""

    def output(self, text: str) -> None:
        """A line of Ansible's own output, for -v."""


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


class Silent:
    """A listener that ignores everything."""

    def phase(self, phase: Phase, text: str) -> None:
        """Ignore."""

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Ignore."""

    def output(self, text: str) -> None:
        """Ignore."""
