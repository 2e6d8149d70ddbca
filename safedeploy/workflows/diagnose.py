"""Ask every host, the history and the network at once, and judge what they tell. Changes nothing; bounded in time.

What does not come in time, or cannot be read, is missing in the evidence and rules nothing out.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from safedeploy.adapters.ssh import Fleet, Reply, understood
from safedeploy.core.diagnose.diagnosis import Diagnosis
from safedeploy.core.diagnose.diagnosis import diagnose as judged
from safedeploy.core.diagnose.evidence import Evidence, Gone, HostEvidence, Line
from safedeploy.core.diagnose.seen import HostSeen, host_seen_from_json
from safedeploy.core.drift import DriftItem
from safedeploy.core.errors import SafedeployError
from safedeploy.core.host import Host
from safedeploy.core.log_window import LogWindow, log_window_from_json, merged
from safedeploy.lint.explain import explain
from safedeploy.lint.registry import rules
from safedeploy.workflows import drift as drifting
from safedeploy.workflows import rendering
from safedeploy.workflows.lately import Lately, lately
from safedeploy.workflows.session import Session

LIMIT = 50.0
ON_HOST = 10.0
ON_LOGS = 15.0
_CONNECT = 3.0
_BEFORE = 86400.0
_MOST_LINES = 40


T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What was told, by whom it was asked of."""

    since: float
    until: float
    replies: dict[str, Reply]
    windows: dict[str, Reply]
    recent: Lately
    items: dict[str, tuple[DriftItem, ...]]
    managed: dict[str, frozenset[str]]
    notes: tuple[str, ...]


def diagnose(session: Session, since: float, *, until: float | None = None) -> Diagnosis:
    """Look at everything from `since` (seconds since 1970) on, to the run's beginning or `until`.

    Raises SafedeployError where nothing can be asked.
    """
    began = time.monotonic()
    until = session.identity.started.timestamp() if until is None else until
    renderer = rendering.renderer_of(session)
    sites = {host.name: renderer.site(host) for host in session.hosts}
    step = max(10.0, (until - since) / 720)
    asked = {"since": since, "until": until, "step": step, "seconds": ON_LOGS, "salt": session.identity.run}
    pool = ThreadPoolExecutor(max_workers=4)
    try:
        own = pool.submit(_call, session, "diagnose", sites, {"seconds": ON_HOST, "since": since}, ON_HOST + 15)
        logs = pool.submit(_call, session, "logs", sites, asked, ON_LOGS + 15)
        drifted = pool.submit(_drift, session)
        changed = pool.submit(lately, session.policy, since - _BEFORE)
        notes: list[str] = []
        deadline = began + LIMIT
        items, managed = _awaited(drifted, deadline, ({}, {}), "the look for drift", notes)
        told = _Told(
            since=since,
            until=until,
            replies=_awaited(own, deadline, {}, "the hosts", notes),
            windows=_awaited(logs, deadline, {}, "the logs", notes),
            recent=_awaited(changed, deadline, Lately(changes=None), "the history", notes),
            items=items,
            managed=managed,
            notes=tuple(notes),
        )
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return judged(_evidence(session, told), run=session.identity.run, seconds=time.monotonic() - began)


def _awaited(future: Future[T], deadline: float, default: T, what: str, notes: list[str]) -> T:
    """What came of one question, or `default` with a note."""
    try:
        return future.result(max(0.0, deadline - time.monotonic()))
    except LateError:
        notes.append(f"{what} did not answer in time")
    except SafedeployError as error:
        notes.append(f"{what} could not be read: {error.what}")
    return default


def _call(
    session: Session, command: str, sites: Mapping[str, Any], request: Mapping[str, Any], seconds: float
) -> dict[str, Reply]:
    """Each question has connections of its own, so that all are asked at a time."""
    with Fleet(session.hosts, session.policy.ssh, session.agent, hide=session.hide) as fleet:
        requests = {host: {"site": site, **request} for host, site in sites.items()}
        return fleet.call(command, requests, timeout=min(seconds, session.policy.ssh.command_timeout))


def _drift(session: Session) -> tuple[dict[str, tuple[DriftItem, ...]], dict[str, frozenset[str]]]:
    """What differs from what was deployed, on each host that could be held against it; and what is managed there."""
    found = drifting.drift(session)
    items = {host: one.items for host, one in found.drift.hosts.items() if one.release is not None or one.items}
    managed = {host: frozenset((*one.observed.current_tree, *one.observed.adopted)) for host, one in found.seen.items()}
    return items, managed


def _evidence(session: Session, told: _Told) -> Evidence:
    hosts: dict[str, HostEvidence] = {}
    missing: dict[str, str] = {}
    for host in session.hosts:
        seen = _read(host.name, told.replies, host_seen_from_json, missing)
        window = _read(host.name, told.windows, log_window_from_json, {})
        if seen is None and window is None and host.name not in told.items:
            missing.setdefault(host.name, "it did not answer in time")
            continue
        hosts[host.name] = HostEvidence(
            seen=_hidden(seen, session.hide),
            window=window,
            drift=told.items.get(host.name),
            managed=told.managed.get(host.name, frozenset()),
            offset=_offset(seen, told.until),
        )
    gone = _gone({host.name: host for host in session.hosts if host.name not in hosts}, missing, session.hide)
    notes = [f"{host}: {note}" for host, one in hosts.items() if one.seen for note in one.seen.notes]
    notes += [f"{host}: {note}" for host, one in hosts.items() if one.window for note in one.window.notes]
    if told.recent.changes is None and told.recent.why:
        notes.append(f"the history cannot be read: {told.recent.why}")
    return Evidence(
        environment=session.target.environment,
        since=told.since,
        until=told.until,
        hosts=hosts,
        gone=gone,
        changes=told.recent.changes,
        last_change=told.recent.last,
        lines=explained(hosts, session.hide),
        notes=tuple(session.hide(note) for note in (*told.notes, *notes)),
    )


def _read(
    host: str, replies: Mapping[str, Reply], read: Callable[[str, Mapping[str, Any]], T], missing: dict[str, str]
) -> T | None:
    """None where a host told nothing that can be understood, and then why, in `missing`."""
    if host in replies:
        try:
            return understood(host, replies[host], read)
        except ValueError as error:
            missing[host] = str(error)
    return None


def _hidden(seen: HostSeen | None, hide: Callable[[str], str]) -> HostSeen | None:
    if seen is None or seen.configtest is None:
        return seen
    return replace(seen, configtest=hide(seen.configtest))


def _offset(seen: HostSeen | None, now: float) -> float:
    """How far a host's clock is ahead; a little is the time that the question took."""
    ahead = 0.0 if seen is None else seen.time - now
    return ahead if abs(ahead) > LIMIT else 0.0


def _gone(hosts: Mapping[str, Host], missing: Mapping[str, str], hide: Callable[[str], str]) -> dict[str, Gone]:
    """Whether a host that cannot be asked takes connections at all: those of sshd, and those of visitors."""
    if not hosts:
        return {}
    with ThreadPoolExecutor(max_workers=min(32, 3 * len(hosts))) as pool:
        tried = {
            name: {
                port: pool.submit(_takes, host.connection.address, port)
                for port in dict.fromkeys((host.connection.port or 22, 80, 443))
            }
            for name, host in hosts.items()
        }
        return {
            name: Gone(why=hide(missing.get(name, "")), ports={port: one.result() for port, one in ports.items()})
            for name, ports in tried.items()
        }


def _takes(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), _CONNECT):
            return True
    except OSError:
        return False


def explained(hosts: Mapping[str, HostEvidence], hide: Callable[[str], str]) -> tuple[Line, ...]:
    """The kinds of messages of all hosts, explained; those that came most first."""
    windows: dict[str, LogWindow] = {name: one.window for name, one in hosts.items() if one.window is not None}
    together = merged(windows.values())
    found = []
    known = rules()
    for kind in (together.errors if together else ())[:_MOST_LINES]:
        meant = next(iter(explain(f"{kind.key} {kind.sample}")), None)
        found.append(
            Line(
                key=kind.key,
                text=hide(kind.sample),
                count=kind.count,
                first=kind.first,
                last=kind.last,
                hosts=tuple(name for name, one in windows.items() if any(each.key == kind.key for each in one.errors)),
                meaning=meant.meaning if meant else "",
                remedy=meant.remedy if meant else "",
                rule=next((rule for rule in meant.rules if rule in known), None) if meant else None,
            )
        )
    return tuple(found)
