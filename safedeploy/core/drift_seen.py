"""What a host said of itself when it was asked for drift: the `drift` answer of the on-host program as values. Pure.

What a host says is hostile until proven otherwise: texts are made fit to be shown, lists and contents are bounded, and
an answer of another shape is refused as a whole.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from safedeploy.core.drift import CertificateEnd, Hint
from safedeploy.core.observed import Observed, observed_from_json
from safedeploy.core.plain_text import plain_text
from safedeploy.core.shape import Shape
from safedeploy.core.tree import Entry

MOST = 500
MOST_HINTS = 20


@dataclass(frozen=True, kw_only=True)
class Changed:
    """When a path changed, in seconds since 1970; `of` is the path that the times are of."""

    modified: float
    changed: float
    of: str


@dataclass(frozen=True, kw_only=True)
class ExtraFile:
    """A file that nobody knows. `how`: "loaded", "beside", "dangling", "htaccess"; `because`: pattern or directory."""

    path: str
    how: str
    because: str
    entry: Entry
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A validator that refuses live files, with its words."""

    validator: str
    place: str
    output: str


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What is known of what httpd runs: files newer than its last load, and which release it was last known to have.

    `at` (of the last load), `release_at` (when safedeploy saw it load `release`) are seconds since 1970.
    """

    newer: tuple[str, ...] = ()
    at: float | None = None
    release: str | None = None
    release_at: float | None = None
    same_process: bool = False


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate file that httpd serves: its end, or why that cannot be told."""

    path: str
    place: str
    error: str | None
    end: CertificateEnd | None


@dataclass(frozen=True, kw_only=True)
class DriftSeen:
    """One host's answer. `recorded` holds, by digest, what files that differ should contain."""

    observed: Observed
    journal: bool = False
    recorded: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    content: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    extra: tuple[ExtraFile, ...] = ()
    configtest: str | None = None
    refused: tuple[Refused, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    changed: Mapping[str, Changed] = field(default_factory=dict)
    who: Mapping[str, tuple[Hint, ...]] = field(default_factory=dict)
    loaded: Loaded = field(default_factory=Loaded)
    notes: tuple[str, ...] = ()


def drift_seen_from_json(host: str, value: Mapping[str, Any]) -> DriftSeen:
    """Values from a `drift` answer. Raises ValueError when the answer does not have the documented shape.

    `configtest` is httpd's refusal of the live configuration, None when it is taken.
    """
    observed = observed_from_json(host, value)
    try:
        return _seen(observed, value)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError, OSError, binascii.Error) as error:
        raise ValueError(f"{host} answered 'drift' in a shape that is not understood: {error!r}") from error


def _seen(observed: Observed, value: Mapping[str, Any]) -> DriftSeen:
    whole = Shape(value)
    found = whole.part("drift")
    raw: Mapping[str, Any] = value.get("drift") or {}
    tested = found.part("configtest")
    return DriftSeen(
        observed=observed,
        journal=bool(whole.truth("journal")),
        recorded=_contents(raw.get("recorded")),
        content=_contents(raw.get("content")),
        extra=tuple(_extra(one) for one in _items(raw, "extra")),
        configtest=(tested.text("output") or "no words") if tested.truth("ok") is False else None,
        refused=tuple(_refused(Shape(one)) for one in _items(raw, "validated")),
        certificates=tuple(_certificate(Shape(one)) for one in _items(raw, "certificates")),
        changed={_path(path): _changed(Shape(one)) for path, one in _members(raw, "changed")},
        who={_path(path): _hints(one) for path, one in _members(raw, "who")},
        loaded=_loaded(whole),
        notes=found.texts("notes"),
    )


def _items(raw: Mapping[str, Any], key: str) -> list[Any]:
    value = raw.get(key) or []
    if not isinstance(value, list):
        raise TypeError(f"{key} is a {type(value).__name__}")
    return value[:MOST]


def _members(raw: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
    value = raw.get(key) or {}
    if not isinstance(value, Mapping):
        raise TypeError(f"{key} is a {type(value).__name__}")
    return list(value.items())[:MOST]


def _contents(value: Any) -> dict[str, bytes]:
    return {str(key): base64.b64decode(text, validate=True) for key, text in (value or {}).items()}


def _path(value: Any) -> str:
    return plain_text(str(value), limit=1000)


def _extra(value: Any) -> ExtraFile:
    one = Shape(value)
    entry = Entry.from_json(value["entry"])
    target = None if entry.target is None else _path(entry.target)
    content = value.get("content")
    return ExtraFile(
        path=_path(value["path"]),
        how=one.text("how") or "",
        because=_path(value.get("because") or ""),
        entry=Entry(**{**vars(entry), "target": target}),
        content=None if content is None else base64.b64decode(content, validate=True),
    )


def _refused(one: Shape) -> Refused:
    return Refused(
        validator=one.text("validator") or "", place=one.text("place") or "", output=one.text("output") or "no words"
    )


def _certificate(one: Shape) -> Certificate:
    path, not_after = one.text("path") or "", one.number("not_after")
    if not_after is not None:
        iso(not_after)  # a time that no calendar has is refused here, and not where it is shown
    names = one.texts("names")[:20]
    return Certificate(
        path=path,
        place=one.text("place") or "",
        error=one.text("error"),
        end=None if not_after is None else CertificateEnd(path=path, not_after=float(not_after), names=names),
    )


def _changed(one: Shape) -> Changed:
    modified, changed = one.number("modified"), one.number("changed")
    if modified is None or changed is None:
        raise TypeError("a change without a time")
    iso(modified), iso(changed)
    return Changed(modified=float(modified), changed=float(changed), of=one.text("of") or "")


def _hints(value: Any) -> tuple[Hint, ...]:
    if not isinstance(value, list):
        raise TypeError("hints are no list")
    found = []
    for one in map(Shape, value[:MOST_HINTS]):
        at = one.number("at")
        text = plain_text(one.text("text") or "", limit=400).replace("\n", " ")
        found.append(Hint(source=one.text("source") or "", text=text, at=None if at is None else iso(at)))
    return tuple(found)


def _loaded(whole: Shape) -> Loaded:
    httpd, record = whole.part("httpd"), whole.part("state").part("loaded")
    return Loaded(
        newer=httpd.texts("newer"),
        at=epoch(httpd.text("loaded_at")),
        release=record.text("release"),
        release_at=epoch(record.text("at")),
        same_process=httpd.number("pid") is not None
        and httpd.number("pid") == record.number("pid")
        and httpd.text("pid_start") == record.text("pid_start"),
    )


def epoch(text: str | None) -> float | None:
    """Seconds since 1970 of ISO 8601 with a zone; None for anything else."""
    try:
        return datetime.fromisoformat(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None


def iso(at: float) -> str:
    """A moment as ISO 8601 in UTC, to the second. Raises OverflowError, ValueError or OSError for one that is none."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
