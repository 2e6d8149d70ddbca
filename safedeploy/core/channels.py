"""Where alerts go: the channels of an environment, and which alerts each of them wants.

Pure values; adapters/settings makes them from safedeploy.yml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How grave an alert is, from the least."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """The place in the order, from 0."""
        return list(Severity).index(self)


class Kind(StrEnum):
    """What an alert tells of."""

    PUSH_STARTED = "push-started"
    PUSH_SUCCEEDED = "push-succeeded"
    PUSH_HELD = "push-held"
    PUSH_REFUSED = "push-refused"
    PUSH_INTERRUPTED = "push-interrupted"
    PUSH_FAILED = "push-failed"
    REVERTED = "reverted"
    STRANDED = "stranded"
    DRIFT_FOUND = "drift-found"
    DRIFT_GONE = "drift-gone"
    DRIFT_CHECK_FAILED = "drift-check-failed"
    DRIFT_CHECK_WORKS = "drift-check-works"
    ERRORS_FOUND = "errors-found"
    ERRORS_GONE = "errors-gone"
    TEST = "test"


# What a channel can ask for; a test is sent to whatever channel it is asked for.
EVENTS = tuple(kind for kind in Kind if kind is not Kind.TEST)


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One address, and what it is told. One of `url`, `url_env` and `url_file` says where it is.

    `severity` is the least that it wants. `repeat` is after how many seconds it is told again of what has not gone
    away; None: never. `timeout` is how long one message may take.
    """

    name: str
    url: str | None = field(default=None, repr=False)
    url_env: str | None = None
    url_file: str | None = None
    events: tuple[Kind, ...] = EVENTS
    severity: Severity = Severity.INFO
    title: str | None = None
    body: str | None = None
    repeat: int | None = None
    timeout: float = 5.0

    def wants(self, kind: Kind, severity: Severity) -> bool:
        """Whether it is to be told of this."""
        return kind is Kind.TEST or (kind in self.events and severity.rank >= self.severity.rank)


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """The channels of one environment."""

    channels: tuple[Channel, ...] = ()
