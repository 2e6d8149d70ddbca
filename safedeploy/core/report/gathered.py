"""All that is known of the time of an incident, before a report is made of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from safedeploy.core.diagnose.diagnosis import Diagnosis
from safedeploy.core.diagnose.evidence import Change
from safedeploy.core.history import Run
from safedeploy.core.log_window import LogWindow

Json = Mapping[str, Any]
CHANGING = ("push", "rollback", "confirm", "abort", "drift", "undrain", "unlock", "boot-guard")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What somebody was told: when, how grave, and in which words."""

    at: float
    severity: str
    text: str
    closed: float | None = None


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """All that is known of the time from `since` to `until`, in seconds since 1970.

    `windows` are the logs of each host for the whole time, `during` for the trouble alone. `diagnoses` are those that
    were made meanwhile, with their runs; `diffs` are by run. `found` is what the logs and the history tell now.
    `unread` says why there is no history of that time; empty when there is.
    """

    environment: str
    run: str
    since: float
    until: float
    found: Diagnosis
    windows: Mapping[str, LogWindow] = field(default_factory=dict)
    during: Mapping[str, LogWindow] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()
    summaries: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    diagnoses: tuple[tuple[Run, Json], ...] = ()
    alerts: tuple[Alert, ...] = ()
    diffs: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    traffic: tuple[Json, ...] = ()
    about: Run | None = None
    channels: int = 0
    unread: str = ""


def iso(at: float) -> str:
    """A moment in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
