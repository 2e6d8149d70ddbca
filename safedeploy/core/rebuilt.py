"""The history as the hosts know it: from the lines of their audits to runs and what each did there. Pure.

What a host says is hostile until it has been looked at: every line is checked for its shape, bounded, and made fit to
be shown; one that is not understood is left out and counted. Identities are made of what is told, so that telling it
twice makes one of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from safedeploy.core.history import MOST_REASON, Event, Made, Run, ends, fit
from safedeploy.core.shape import Shape
from safedeploy.core.strict_json import read
from safedeploy.core.trial import Hide

_RUN = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{6}")
_ENDS = {"confirmed": "confirmed", "unchanged": "confirmed", "reverted": "reverted", "stranded": "stranded"}
# Lines that tell of a release that came to be live there.
_BROUGHT = ("activated", "unchanged", "confirmed")
_CODES = {"stranded": 7, "pending": 7, "reverted": 6}
LONGEST = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """One line of a host's audit that belongs to a run."""

    host: str
    run: str
    at: datetime
    event: str
    seq: int
    release: str | None = None
    by: str = ""
    reason: str = ""
    command: str = ""
    text: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Audited:
    """What a host's audit tells; `odd` lines were not understood."""

    lines: tuple[AuditLine, ...]
    odd: int = 0


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """A release that became a host's known-good in a run, with the paths that the run changed."""

    run: str
    host: str
    at: datetime
    release: str
    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """Runs as the hosts tell of them, the events of each, and what was confirmed where, in order."""

    runs: tuple[Run, ...]
    events: tuple[Event, ...]
    confirmed: tuple[Confirmed, ...] = field(default=())


def audited(host: str, lines: Iterable[str], hide: Hide = str) -> Audited:
    """The lines of one host that belong to a run, in their order; `hide` masks secrets in what they say."""
    found: list[AuditLine] = []
    of_activation: dict[str, str] = {}
    holder, odd = "", 0
    for text in lines:
        if not text.strip():
            continue
        try:
            line, activation = _line(host, text, hide)
        except (ValueError, TypeError):
            odd += 1
            continue
        if line.event in ("prepared", "lease-taken"):
            holder = line.run
        if activation and line.event == "activated":
            of_activation[activation] = line.run
        run = line.run or of_activation.get(activation or "", "")
        if line.event in ("staged", "lease-released"):
            run = line.run or holder
        if run:
            found.append(replace(line, run=run))
    return Audited(lines=tuple(found), odd=odd)


def _line(host: str, text: str, hide: Hide) -> tuple[AuditLine, str | None]:
    """A line, and the activation that it tells of. Raises ValueError or TypeError when it is not understood."""
    if len(text) > LONGEST:
        raise ValueError("too long")
    value = Shape(read(text))
    at, event = value.text("at"), value.text("event")
    run = value.text("run") or ""
    if at is None or event is None or (run and not _RUN.fullmatch(run)):
        raise ValueError("no line of an audit")
    line = AuditLine(
        host=host,
        run=run,
        at=datetime.fromisoformat(at).astimezone(UTC),
        event=fit(event, 40),
        seq=-1 - int(hashlib.sha256(f"{host}\n{text}".encode("utf-8", "replace")).hexdigest()[:15], 16),
        release=value.text("release"),
        by=hide(value.text("by") or value.text("holder") or ""),
        reason=fit(hide(value.text("reason") or ""), MOST_REASON),
        command=fit(value.text("command") or "", 40),
        text=fit(hide(value.text("cause") or value.text("why") or "")),
        changed=value.texts("changed"),
    )
    return line, value.text("activation")


def rebuilt(project: str, environment: str, lines: Iterable[AuditLine], provenance: Mapping[str, Any]) -> Rebuilt:
    """The runs of these lines. `provenance` is, by run, that of a release which the run has made."""
    by_run: dict[str, list[AuditLine]] = {}
    for line in sorted(lines, key=lambda one: one.at):
        by_run.setdefault(line.run, []).append(line)
    runs = [_run(project, environment, run, ones, provenance.get(run) or {}) for run, ones in by_run.items()]
    events = [_event(line) for ones in by_run.values() for line in ones]
    return Rebuilt(runs=tuple(runs), events=tuple(events), confirmed=tuple(_confirmed(by_run)))


def _run(project: str, environment: str, run: str, lines: Sequence[AuditLine], of: Mapping[str, Any]) -> Run:
    first = next((one for one in lines if one.command or one.reason), lines[0])
    command = first.command or _guess(lines)
    hosts = _ends(lines)
    words = list(hosts.values())
    refused = all(word == "untouched" for word in words)
    staged = {one.host for one in lines if one.event == "staged"}
    code = 0
    if command in ("push", "rollback") and refused:
        code = 4
    elif command == "check":
        code = 0 if staged == set(hosts) else 4
    code = max((_CODES.get(word, 0) for word in words), default=0) or code
    if command == "abort" and code == _CODES["reverted"]:
        code = 0
    return Run(
        run=run,
        environment=environment,
        project=project,
        command=command,
        actor=next((one.by for one in lines if one.by), ""),
        started=min(_begun(run), lines[0].at),
        reason=next((one.reason for one in lines if one.reason), ""),
        ended=lines[-1].at,
        exit_code=code,
        summary=_summary(command, words, code),
        release=next((one.release for one in lines if one.release and one.event in _BROUGHT), None),
        commit=Shape(of).text("commit"),
        branch=Shape(of).text("branch"),
        dirty=Shape(of).truth("dirty"),
        made=Made.REBUILT,
    )


def _summary(command: str, words: Sequence[str], code: int) -> str:
    known = ends(word for word in words if word != "untouched" or len(set(words)) > 1)
    if command in ("push", "rollback"):
        return known or "refused"
    if command == "check":
        return "refused" if code else "passed"
    return known or "done"


def _guess(lines: Sequence[AuditLine]) -> str:
    """The command of a run that does not tell; agents before 0.8 did not."""
    events = {one.event for one in lines}
    if "prepared" in events:
        return "push"
    return "abort" if "reverted" in events else "unlock" if "lease-taken-away" in events else "confirm"


def _ends(lines: Iterable[AuditLine]) -> dict[str, str]:
    """Where each host was when the run was over, as far as it is told."""
    found: dict[str, str] = {}
    for line in lines:
        if line.event in _ENDS:
            found[line.host] = _ENDS[line.event]
        elif line.event in ("activated", "held"):
            found[line.host] = "pending"
        else:
            found.setdefault(line.host, "untouched")
    return found


def _begun(run: str) -> datetime:
    match = _RUN.fullmatch(run)
    return datetime.strptime(match[1] if match else "", "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _event(line: AuditLine) -> Event:
    more = {"release": line.release} if line.release else {}
    changed = {"changed": list(line.changed)} if line.changed else {}
    return Event(
        run=line.run,
        seq=line.seq,
        at=line.at,
        kind="audit",
        host=line.host,
        result=line.event,
        text=line.text,
        data={**more, **changed},
    )


def _confirmed(by_run: Mapping[str, Sequence[AuditLine]]) -> Iterable[Confirmed]:
    for run, lines in by_run.items():
        changed = {one.host: one.changed for one in lines if one.event == "activated"}
        for line in lines:
            if line.event in ("confirmed", "unchanged") and line.release:
                paths = changed.get(line.host, ())
                yield Confirmed(run=run, host=line.host, at=line.at, release=line.release, changed=paths)
