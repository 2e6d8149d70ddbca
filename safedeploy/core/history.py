"""What is known of every run: who did what, when, on which hosts, and how it ended.

Pure values. A run is recorded as it happens, as *records* with a number each: the pair of run and number is a record's
identity, so that delivering one twice makes one of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from safedeploy.core.plain_text import plain_text

MOST_TEXT = 4000
MOST_REASON = 1000
# A run on another machine that was heard of so lately may be going on.
STILL = timedelta(minutes=15)


class Made(StrEnum):
    """How the history came to know of a run."""

    RECORDED = "recorded"
    REBUILT = "rebuilt"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened in a run. `seq` is below zero for what was rebuilt from a host's own audit."""

    run: str
    seq: int
    at: datetime
    kind: str
    host: str | None = None
    phase: str = ""
    result: str = ""
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As in docs/json.md."""
        return {
            "seq": self.seq,
            "at": self.at.isoformat(),
            "kind": self.kind,
            "host": self.host,
            "phase": self.phase,
            "result": self.result,
            "text": self.text,
            "data": dict(self.data),
        }


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a command. `ended` is None for one that died, or that is not over yet."""

    run: str
    environment: str
    project: str
    command: str
    actor: str
    started: datetime
    version: str = ""
    reason: str = ""
    ended: datetime | None = None
    exit_code: int | None = None
    summary: str = ""
    error: Mapping[str, Any] | None = None
    release: str | None = None
    commit: str | None = None
    branch: str | None = None
    dirty: bool | None = None
    made: Made = Made.RECORDED

    @property
    def failed(self) -> bool:
        """Whether it did not do what it was asked: it died, or its exit code says so. Differences are no failure."""
        return self.exit_code not in (0, 8)

    def to_json(self) -> dict[str, Any]:
        """As in docs/json.md."""
        return {
            "run": self.run,
            "environment": self.environment,
            "project": self.project,
            "command": self.command,
            "actor": self.actor,
            "started": self.started.isoformat(),
            "ended": None if self.ended is None else self.ended.isoformat(),
            "exit_code": self.exit_code,
            "summary": self.summary,
            "reason": self.reason,
            "release": self.release,
            "commit": self.commit,
            "branch": self.branch,
            "dirty": self.dirty,
            "error": None if self.error is None else dict(self.error),
            "version": self.version,
            "made": self.made.value,
        }


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which runs are asked for; `limit` of them at most, the newest ones."""

    project: str
    environment: str
    limit: int = 20
    since: datetime | None = None
    host: str | None = None
    path: str | None = None
    command: str | None = None
    failed: bool = False


def fit(text: Any, limit: int = MOST_TEXT) -> str:
    """A text as it is stored: without control characters, and bounded."""
    return plain_text(str(text), limit=limit)


def summary(exit_code: int, error: Mapping[str, Any] | None, document: Mapping[str, Any] | None) -> str:
    """How a run ended, in a few words: the hosts by their ends, else what the document or the error tells."""
    known = _told(document or {})
    if error is not None:
        return ", ".join([*([known] if known else []), str(error.get("code"))])
    return known or ("done" if exit_code == 0 else f"exit code {exit_code}")


def _told(document: Mapping[str, Any]) -> str:
    kind = document.get("format")
    hosts = document.get("hosts")
    if kind in ("safedeploy-push", "safedeploy-decision") and isinstance(hosts, Mapping):
        return ends(str(one.get("end")) for one in hosts.values())
    if kind == "safedeploy-plan" and isinstance(hosts, Mapping):
        return _planned(hosts)
    if kind == "safedeploy-check":
        return "passed" if document.get("ok") else "refused"
    if kind == "safedeploy-diagnosis":
        named = next((one for one in document.get("hypotheses") or () if one.get("id") == document.get("named")), None)
        return str(named["title"]) if named else "no trouble" if document.get("errors") is None else "no cause named"
    if kind == "safedeploy-postmortem":
        return str((document.get("summary") or {}).get("symptom") or "no trouble")
    if kind == "safedeploy-drift":
        items = document.get("items") or ()
        return f"{len(items)} found" if items else "no drift"
    return ""


def _planned(hosts: Mapping[str, Any]) -> str:
    return ends(f"to {one.get('verdict')}" for one in hosts.values() if one.get("verdict") != "nothing") or "no change"


def ends(words: Any) -> str:
    """`3 confirmed, 1 reverted`, in the order in which they come."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return ", ".join(f"{number} {word}" for word, number in counts.items())


def standing(run: Run, events: Sequence[Event], now: datetime, *, lives: bool) -> str:
    """The summary of a run, also of one without an end: `lives` when its process is known to be there still."""
    if run.ended is not None:
        return run.summary
    known = known_of(events)
    last = max((event.at for event in events), default=run.started)
    state = "is running" if lives else "did not end"
    if not lives and now - last < STILL:
        state = "is running, or died"
    return f"{state}; so far: {known}" if known else state


def known_of(events: Sequence[Event]) -> str:
    """What is known of a run without an end: the hosts whose end was recorded before it died."""
    return ends(event.result for event in events if event.kind == "host-ended")
