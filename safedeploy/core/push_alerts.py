"""The alert on how a push, a rollback or a decision ended. Pure.

It is made from what `--json` prints. Who waits for a lease, is refused an option or has a mistake in a template has
it on the screen, and nobody else is told; a refusal by the hosts is told, and whatever ended after the first change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from safedeploy.core import counted
from safedeploy.core.alerts import MOST_TEXT, About, Alert, bounded, listed, one_line, place, sendable, signature
from safedeploy.core.channels import Kind, Severity
from safedeploy.core.errors import ExitCode
from safedeploy.core.outcome import End

_OUT = "still out of its load balancer"


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A rollout that has begun: what ROLLOUT_STARTED told."""

    verb: str
    release: str
    hosts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How the run ended, as RUN_ENDED told it."""

    exit_code: int
    error: Mapping[str, Any] | None
    document: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class _Host:
    name: str
    end: str
    why: str
    drained: bool


_Judged = tuple[Kind, Severity, str]


def alert(about: About, begun: Begun | None, ended: Ended) -> Alert | None:
    """What to tell of the end of this run; None when nobody but its own person need know."""
    document = ended.document or {}
    format_ = document.get("format")
    if format_ == "safedeploy-decision":
        return _decided(about, ended, document)
    if format_ == "safedeploy-push" and begun is None:
        return _refused(about, ended, document)
    if begun is None:
        return None
    if format_ != "safedeploy-push":
        return _unknown(about, begun, ended)
    hosts = _hosts(document)
    judged = _judge(begun.verb, hosts, ended, document)
    return _made(about, judged, hosts, verb=begun.verb, release=begun.release, ended=ended)


def _judge(verb: str, hosts: list[_Host], ended: Ended, document: Mapping[str, Any]) -> _Judged:
    ends = {host.end for host in hosts}
    stopped = " (it was interrupted)" if document.get("interrupted") else ""
    if ended.exit_code == ExitCode.STRANDED or End.STRANDED in ends:
        return Kind.STRANDED, Severity.CRITICAL, f"{verb} left hosts that need hands{stopped}"
    if End.REVERTED in ends:
        return Kind.REVERTED, Severity.ERROR, f"{verb} reverted{stopped}"
    if document.get("interrupted"):
        return Kind.PUSH_INTERRUPTED, Severity.WARNING, f"{verb} interrupted"
    if End.HELD in ends:
        return Kind.PUSH_HELD, Severity.WARNING, f"{verb} waits for a person"
    if End.UNTOUCHED in ends or document.get("trouble"):
        return Kind.PUSH_FAILED, Severity.ERROR, f"{verb} stopped before it was done"
    if ended.exit_code == ExitCode.HOOK_FAILED:
        return Kind.PUSH_SUCCEEDED, Severity.WARNING, f"{verb} succeeded, and a hook after it failed"
    return Kind.PUSH_SUCCEEDED, Severity.INFO, f"{verb} succeeded"


def _decided(about: About, ended: Ended, document: Mapping[str, Any]) -> Alert | None:
    hosts = _hosts(document)
    ends = {host.end for host in hosts}
    verb = one_line(document.get("decision") or about.command)
    asked = verb == "abort"
    if End.STRANDED in ends:
        judged = Kind.STRANDED, Severity.CRITICAL, f"{verb} left hosts that need hands"
    elif End.REVERTED in ends:
        said = "a change was taken back by a person" if asked else f"{verb} failed, hosts reverted"
        judged = Kind.REVERTED, Severity.WARNING if asked else Severity.ERROR, said
    elif ends == {End.CONFIRMED.value}:
        judged = Kind.PUSH_SUCCEEDED, Severity.INFO, "a held change was confirmed"
    else:
        return None
    release = next((str(one.get("release")) for one in _members(document) if one.get("release")), "")
    return _made(about, judged, hosts, verb=verb, release=release, ended=ended)


def _refused(about: About, ended: Ended, document: Mapping[str, Any]) -> Alert | None:
    """The hosts or a hook refused it: everything is as it was."""
    if ended.exit_code not in (ExitCode.REFUSED, ExitCode.UNREACHABLE) or ended.error is None:
        return None
    what = sendable(str(ended.error.get("what") or ""), limit=MOST_TEXT // 2)
    release = one_line(document.get("release") or "")
    return Alert(
        kind=Kind.PUSH_REFUSED,
        severity=Severity.WARNING,
        about=about,
        title=f"{place(about)}: {about.command} refused, nothing was changed",
        text=sendable(f"{what}\nrelease {release}\n{signature(about)}", limit=MOST_TEXT),
        verb=about.command,
        release=release,
        next=one_line(ended.error.get("next") or ""),
        hosts=tuple({"host": host.name, "end": host.end, "why": one_line(host.why)} for host in _hosts(document)),
        exit_code=ended.exit_code,
    )


def _unknown(about: About, begun: Begun, ended: Ended) -> Alert:
    """It broke after hosts had begun to change, and could not say what became of them."""
    error = ended.error or {}
    what = one_line(error.get("what") or "it ended without saying how")
    return Alert(
        kind=Kind.PUSH_FAILED,
        severity=Severity.CRITICAL,
        about=about,
        title=f"{place(about)}: {begun.verb} broke off, and the state of its hosts is not known",
        text=sendable(
            f"{what}\nhosts that were not confirmed go back by themselves: {listed(begun.hosts)}\n{signature(about)}",
            limit=MOST_TEXT,
        ),
        verb=begun.verb,
        release=begun.release,
        next=f"safedeploy status {about.environment}",
        hosts=tuple({"host": name, "end": "", "why": ""} for name in begun.hosts),
        exit_code=ended.exit_code,
    )


def _made(about: About, judged: _Judged, hosts: list[_Host], *, verb: str, release: str, ended: Ended) -> Alert:
    kind, severity, said = judged
    told = [host for host in hosts if host.end != End.UNCHANGED]
    error = ended.error or {}
    next_step = one_line(error.get("next") or _NEXT.get(kind, "")).replace("ENV", about.environment)
    lines = bounded(_folded(told), rest="the screen of the run shows them")
    text = "\n".join([*lines, f"release {release}", signature(about)])
    return Alert(
        kind=kind,
        severity=severity,
        about=about,
        title=one_line(f"{place(about)}: {said}: {_summary(told)}", limit=200),
        text=sendable(text, limit=MOST_TEXT),
        verb=verb,
        release=release,
        next=next_step,
        hosts=tuple({"host": host.name, "end": _end(host), "why": one_line(host.why)} for host in told),
        exit_code=ended.exit_code,
    )


_NEXT = {
    Kind.STRANDED: "safedeploy status ENV shows the steps for each host: carry them out on the host, at once",
    Kind.REVERTED: "nothing is at risk now: read what failed on the first host, correct it, push again",
    Kind.PUSH_INTERRUPTED: "safedeploy status ENV; push again when you are ready",
    Kind.PUSH_HELD: "safedeploy confirm ENV, or safedeploy abort ENV; without a decision it goes back by itself",
    Kind.PUSH_FAILED: "read why it stopped, then push again",
}


def _summary(hosts: list[_Host]) -> str:
    """`2 confirmed, 1 reverted (web3)`: the grave ones by name."""
    counts = Counter(_end(host) for host in hosts)
    calm = {End.CONFIRMED.value, End.UNTOUCHED.value}
    parts = []
    for end, number in counts.items():
        names = [host.name for host in hosts if _end(host) == end]
        parts.append(f"{number} {end}" if end in calm else f"{number} {end} ({listed(names, most=3)})")
    return ", ".join(parts) or counted.hosts(0)


def _folded(hosts: Iterable[_Host]) -> list[str]:
    """One line for all hosts with the same end for the same reason."""
    alike: dict[tuple[str, str], list[str]] = {}
    for host in hosts:
        alike.setdefault((_end(host), one_line(host.why)), []).append(host.name)
    return [f"{end}: {listed(names)}{f': {why}' if why else ''}" for (end, why), names in alike.items()]


def _end(host: _Host) -> str:
    return f"{host.end}, {_OUT}" if host.drained else host.end


def _hosts(document: Mapping[str, Any]) -> list[_Host]:
    """The hosts of a document that safedeploy itself made."""
    return [
        _Host(
            name=str(name),
            end=str(one.get("end") or ""),
            why=str(one.get("why") or ""),
            drained=bool(one.get("drained")),
        )
        for name, one in (document.get("hosts") or {}).items()
    ]


def _members(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list((document.get("hosts") or {}).values())
