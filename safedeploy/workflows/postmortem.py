"""Gather what is known of the time of an incident: the history, and the logs of the hosts as long as they have them.

Changes nothing. A host that cannot be asked leaves a question in the report; so does a history that cannot be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from safedeploy.adapters.history import alerts as stored_alerts
from safedeploy.adapters.history import runs as stored
from safedeploy.adapters.ssh import understood
from safedeploy.core.diagnose.diagnosis import Diagnosis, diagnose
from safedeploy.core.diagnose.evidence import Evidence, HostEvidence
from safedeploy.core.errors import SafedeployError
from safedeploy.core.history import Run, Wanted
from safedeploy.core.log_window import LogWindow, log_window_from_json
from safedeploy.core.report.gathered import Alert, Gathered
from safedeploy.core.report.incident import incident
from safedeploy.workflows import rendering
from safedeploy.workflows.diagnose import explained
from safedeploy.workflows.events import Phase, Status
from safedeploy.workflows.history import opened
from safedeploy.workflows.lately import Lately, lately
from safedeploy.workflows.session import Session

SECONDS = 30.0
STEPS = 240
_MOST_RUNS = 500
_BEFORE = 86400.0


def postmortem(session: Session, since: float, until: float, *, about: Run | None, offline: bool) -> dict[str, Any]:
    """The document of core/report/incident.py on the time from `since` to `until` (seconds since 1970).

    `offline`: no host is asked. Raises SafedeployError where the project cannot be read.
    """
    missing: dict[str, str] = {}
    step = max(5.0, (until - since) / STEPS)
    windows = {} if offline else _windows(session, since, until, step, missing)
    recent = lately(session.policy, since - _BEFORE)
    changes = tuple(one for one in recent.changes or () if one.at <= until)
    found = _judged(session, since, until, windows, recent)
    trouble = found.trouble
    during: dict[str, LogWindow] = {}
    if trouble is not None and trouble.began is not None and windows:
        during = _windows(session, trouble.began, min(until, trouble.ended or until), step, {})
    gathered = Gathered(
        environment=session.target.environment,
        run=session.identity.run,
        since=since,
        until=until,
        found=found,
        windows=windows,
        during=during or windows,
        missing=dict.fromkeys(_names(session), "no host was asked (--offline)") if offline else missing,
        changes=tuple(one for one in changes if one.at >= since),
        about=about,
        channels=len(session.policy.alerts.channels),
    )
    try:
        recorded = _recorded(session, gathered)
    except SafedeployError as error:
        recorded = replace(gathered, unread=error.what)
    else:
        recorded = recorded if recent.changes is not None else replace(recorded, unread=recent.why)
    return incident(recorded)


def _names(session: Session) -> list[str]:
    return [host.name for host in session.hosts]


def _windows(
    session: Session, since: float, until: float, step: float, missing: dict[str, str]
) -> dict[str, LogWindow]:
    renderer = rendering.renderer_of(session)
    request = {"since": since, "until": until, "step": step, "seconds": SECONDS, "salt": session.identity.run}
    requests = {host.name: {"site": renderer.site(host), **request} for host in session.hosts}
    found: dict[str, LogWindow] = {}
    for host, reply in session.fleet.call("logs", requests, timeout=SECONDS + 15).items():
        try:
            found[host] = understood(host, reply, log_window_from_json)
        except ValueError as error:
            missing[host] = session.hide(str(error))
            session.events.host(host, Phase.OBSERVE, Status.FAILED, missing[host])
    return found


def _judged(
    session: Session, since: float, until: float, windows: Mapping[str, LogWindow], recent: Lately
) -> Diagnosis:
    hosts = {host: HostEvidence(window=window) for host, window in windows.items()}
    evidence = Evidence(
        environment=session.target.environment,
        since=since,
        until=until,
        hosts=hosts,
        changes=recent.changes,
        last_change=recent.last,
        lines=explained(hosts, session.hide),
        notes=tuple(f"{host}: {note}" for host, one in windows.items() for note in one.notes),
    )
    return diagnose(evidence, run=session.identity.run)


def _recorded(session: Session, known: Gathered) -> Gathered:
    """With what the history has of that time."""
    policy = session.policy
    if not policy.history.enabled:
        return known
    begin = datetime.fromtimestamp(known.since, UTC)
    with opened(policy) as (store, _), store.reading() as connection:
        if connection is None:
            return known
        wanted = Wanted(project=policy.project, environment=policy.environment, limit=_MOST_RUNS, since=begin)
        runs = tuple(
            run
            for run in reversed(stored.runs(connection, wanted))
            if run.started.timestamp() <= known.until and run.run != known.run
        )
        documents = {run.run: stored.documents(connection, run.run) for run in runs if _is_told(run, known)}
        alerts = stored_alerts.opened_since(connection, policy.project, policy.environment, begin)
    diagnoses = tuple(
        (run, document)
        for run in runs
        if (document := (documents.get(run.run) or {}).get("result") or {}).get("format") == "safedeploy-diagnosis"
    )
    cause = known.about.run if known.about is not None else (known.changes[0].run if known.changes else None)
    result = (documents.get(cause or "") or {}).get("result") or {}
    return replace(
        known,
        runs=runs,
        summaries={run.run: run.summary for run in runs},
        diagnoses=diagnoses,
        alerts=tuple(_alert(row) for row in alerts),
        diffs={run: tuple(_plan(found).get("diffs") or ()) for run, found in documents.items()},
        traffic=tuple(result.get("traffic") or ()),
    )


def _is_told(run: Run, known: Gathered) -> bool:
    """Whether the documents of a run are needed: those of diagnoses, and of what changed hosts."""
    changed = {change.run for change in known.changes}
    return run.command == "diagnose" or run.run in changed or (known.about is not None and run.run == known.about.run)


def _plan(documents: Mapping[str, Any]) -> Mapping[str, Any]:
    return documents.get("plan") or (documents.get("result") or {}).get("plan") or {}


def _alert(row: stored_alerts.Alert) -> Alert:
    return Alert(
        at=row.opened_at.timestamp(),
        severity=row.severity,
        text=row.text,
        closed=row.closed_at.timestamp() if row.closed_at else None,
    )
