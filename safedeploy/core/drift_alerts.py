"""Which drift is new to a channel, which has gone, and the alerts on both. Pure.

What a channel was told of is *open* until it has gone. A fingerprint that is found and not open is new; one that is
open and was not found any more is gone, if its host was read: of an unreachable host nothing is known. A host that
cannot be read is told of like drift, once; when none can be read the check itself has failed, which is told instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.alerts import (
    MOST_LINES,
    MOST_TEXT,
    About,
    Alert,
    bounded,
    listed,
    one_line,
    place,
    sendable,
    signature,
)
from safedeploy.core.channels import Channel, Kind, Severity

FORMAT = "safedeploy-drift"
CHECK = "check"  # the fingerprint of a check that failed; it belongs to no host
_URGENT = ("stranded", "pending")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it should be, with what tells it from every other; `hint`: since when, and by whom."""

    fingerprint: str
    host: str
    kind: str
    path: str
    severity: Severity
    text: str
    hint: str = ""

    @property
    def key(self) -> str:
        """Its name in the memory of what is open."""
        return f"{self.host}/{self.fingerprint}"

    @property
    def what(self) -> str:
        """`edited /etc/apache2/a.conf: its content is not that of the release`."""
        return f"{self.kind}{f' {self.path}' if self.path else ''}: {self.text}"


@dataclass(frozen=True, kw_only=True)
class Check:
    """What a drift check found.

    `read` are the hosts that answered, `unread` those that did not; `whole`: no other host belongs to the environment.
    `failed` says why the check could not be made at all.
    """

    findings: tuple[Finding, ...] = ()
    read: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    whole: bool = False
    failed: str | None = None

    def knows_of(self, host: str) -> bool:
        """Whether what it did not find on this host is not there."""
        return host in self.read or (self.whole and host not in self.unread)


@dataclass(frozen=True, kw_only=True)
class Open:
    """What a channel was told and has not gone yet. Times are in seconds since 1970; `sent` is the last time."""

    key: str
    severity: Severity
    text: str
    opened: float
    sent: float

    @property
    def host(self) -> str:
        """The host that it is about."""
        return self.key.partition("/")[0]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One alert, and what the channel knows of once it has arrived: keys that are open, and keys that have gone."""

    alert: Alert | None
    opens: Mapping[str, tuple[Severity, str]] = field(default_factory=dict)
    closes: tuple[str, ...] = ()


def check_of(document: Mapping[str, Any] | None, error: Mapping[str, Any] | None, *, whole: bool) -> Check:
    """What a drift check came to, from its document or the error that ended it; `whole`: no limit was given."""
    if document is None or document.get("format") != FORMAT:
        return Check(failed=one_line((error or {}).get("what") or "it ended without saying why", limit=MOST_TEXT // 2))
    unreachable = {str(host): str(why) for host, why in (document.get("unreachable") or {}).items()}
    findings = [_finding(item) for item in document.get("items") or ()]
    named = {finding.host for finding in findings}
    read = frozenset(({str(host) for host in document.get("hosts") or ()} | named) - unreachable.keys())
    if unreachable and not read:
        whys = "\n".join(f"{host}: {one_line(why)}" for host, why in list(unreachable.items())[:MOST_LINES])
        return Check(failed=f"none of {len(unreachable)} hosts could be read\n{whys}")
    known = {finding.host for finding in findings if finding.kind == "unreachable"}
    lost = [_lost(host, why) for host, why in unreachable.items() if host not in known]
    return Check(findings=(*findings, *lost), read=read, unread=frozenset(unreachable), whole=whole)


def _finding(item: Mapping[str, Any]) -> Finding:
    kind = one_line(item.get("kind") or "")
    severity = Severity.WARNING if item.get("severity") == "warning" else Severity.ERROR
    return Finding(
        fingerprint=one_line(item.get("fingerprint") or ""),
        host=one_line(item.get("host") or ""),
        kind=kind,
        path=one_line(item.get("path") or ""),
        severity=Severity.CRITICAL if kind in _URGENT else severity,
        text=one_line(item.get("text") or ""),
        hint=_hint(item),
    )


def _hint(item: Mapping[str, Any]) -> str:
    """When it was changed, and the first that the host can tell about who did."""
    changed = f"changed {one_line(item['changed'], limit=40)}" if item.get("changed") else ""
    who = [one_line(one.get("text") or "", limit=120) for one in item.get("who") or ()]
    return ", ".join(filter(None, [changed, f"perhaps {who[0]}" if who else ""]))


def _lost(host: str, why: str) -> Finding:
    return Finding(
        fingerprint="unreachable", host=host, kind="unreachable", path="", severity=Severity.WARNING, text=one_line(why)
    )


def messages(about: About, check: Check, channel: Channel, known: Mapping[str, Open], now: float) -> list[Message]:
    """What this channel is to be told of a check, in order, given what is open for it."""
    if check.failed is not None:
        return _failed(about, check.failed, channel, known, now)
    found = {finding.key: finding for finding in check.findings}
    works = [_works(about, channel)] if CHECK in known else []
    gone = [one for key, one in known.items() if key != CHECK and key not in found and check.knows_of(one.host)]
    wanted = {key: one for key, one in found.items() if channel.wants(Kind.DRIFT_FOUND, one.severity)}
    new = [one for key, one in wanted.items() if key not in known]
    still = [one for key, one in wanted.items() if key in known and _due(channel, known[key], now)]
    return [
        *works,
        *([_drifted(about, new, still)] if new or still else []),
        *([_gone(about, channel, gone, left=len(found))] if gone else []),
    ]


def _due(channel: Channel, one: Open, now: float) -> bool:
    return channel.repeat is not None and now - one.sent >= channel.repeat


def _failed(about: About, why: str, channel: Channel, known: Mapping[str, Open], now: float) -> list[Message]:
    told = CHECK in known and not _due(channel, known[CHECK], now)
    if told or not channel.wants(Kind.DRIFT_CHECK_FAILED, Severity.ERROR):
        return []
    alert = Alert(
        kind=Kind.DRIFT_CHECK_FAILED,
        severity=Severity.ERROR,
        about=about,
        title=f"{place(about)}: the drift check could not be made",
        text=sendable(f"{why}\nwhether the hosts have drifted is not known\n{signature(about)}", limit=MOST_TEXT),
        next=f"safedeploy drift {about.environment}",
    )
    return [Message(alert=alert, opens={CHECK: (Severity.ERROR, one_line(why))})]


def _works(about: About, channel: Channel) -> Message:
    alert = Alert(
        kind=Kind.DRIFT_CHECK_WORKS,
        severity=Severity.INFO,
        about=about,
        title=f"{place(about)}: the drift check works again",
        text=signature(about),
        next="Nothing is to be done.",
    )
    return Message(alert=alert if channel.wants(alert.kind, Severity.ERROR) else None, closes=(CHECK,))


def _drifted(about: About, new: list[Finding], still: list[Finding]) -> Message:
    both = [*new, *still]
    severity = max((one.severity for one in both), key=lambda one: one.rank)
    hosts = listed(dict.fromkeys(one.host for one in both), most=3)
    counts = [f"{len(new)} new" if new else "", f"{len(still)} still there" if still else ""]
    lines = [*_lines(new), *(["still there:", *_lines(still)] if still else [])]
    shown = bounded(lines, rest=f"safedeploy drift {about.environment} shows all")
    alert = Alert(
        kind=Kind.DRIFT_FOUND,
        severity=severity,
        about=about,
        title=one_line(f"{place(about)}: drift on {hosts}: {', '.join(filter(None, counts))}", limit=200),
        text=sendable("\n".join([*shown, signature(about)]), limit=MOST_TEXT),
        next=f"safedeploy drift {about.environment}",
        items=(*(_item(one, "new") for one in new), *(_item(one, "still") for one in still)),
    )
    return Message(alert=alert, opens={one.key: (one.severity, one.what) for one in both})


def _gone(about: About, channel: Channel, gone: list[Open], *, left: int) -> Message:
    hosts = listed(dict.fromkeys(one.host for one in gone), most=3)
    lines = bounded([f"{one.host}: {one.text}" for one in gone], rest="they are gone as well")
    rest = f"{left} found that is left" if left else "none is left"
    alert = Alert(
        kind=Kind.DRIFT_GONE,
        severity=Severity.INFO,
        about=about,
        title=one_line(f"{place(about)}: drift gone on {hosts}: {len(gone)}, {rest}", limit=200),
        text=sendable("\n".join(["gone:", *lines, signature(about)]), limit=MOST_TEXT),
        next=f"safedeploy drift {about.environment}" if left else "Nothing is to be done.",
        items=tuple(_item_gone(one) for one in gone),
    )
    gravest = max((one.severity for one in gone), key=lambda one: one.rank)
    wanted = channel.wants(alert.kind, gravest)  # who was told that it is there is told that it is not
    return Message(alert=alert if wanted else None, closes=tuple(one.key for one in gone))


def _lines(findings: Iterable[Finding]) -> list[str]:
    """One line for what several hosts have alike; who did it is only told of one host's."""
    alike: dict[str, list[Finding]] = {}
    for one in findings:
        alike.setdefault(one.what, []).append(one)
    return [
        f"{listed(one.host for one in found)}: {what}"
        + (f" ({found[0].hint})" if found[0].hint and len(found) == 1 else "")
        for what, found in alike.items()
    ]


def _item(one: Finding, state: str) -> dict[str, str]:
    return {
        "host": one.host,
        "kind": one.kind,
        "path": one.path,
        "severity": one.severity.value,
        "text": one.text,
        "hint": one.hint,
        "state": state,
    }


def _item_gone(one: Open) -> dict[str, str]:
    what, _, text = one.text.partition(": ")
    kind, _, path = what.partition(" ")
    told = {"host": one.host, "kind": kind, "path": path, "severity": one.severity.value, "text": text}
    return {**told, "hint": "", "state": "gone"}
