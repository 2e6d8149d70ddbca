"""An incident as one document, from what was recorded and what the logs tell: no blank that records can fill. Pure.

What no record tells becomes a question. The document is kept in the history, so that its page can be made again after
the logs are gone. Clients are numbers here, and never addresses.
"""

from __future__ import annotations

from typing import Any

from safedeploy.core.diagnose import wording
from safedeploy.core.diagnose.evidence import Change, Symptom, Trouble
from safedeploy.core.log_window import merged
from safedeploy.core.report import measures
from safedeploy.core.report.anonymous import anonymous
from safedeploy.core.report.gathered import CHANGING, Gathered, Json, iso
from safedeploy.core.report.incident_timeline import timeline

_MOST_DIFFS = 6
_PATHS = 5


def incident(one: Gathered) -> dict[str, Any]:
    """The document, as in docs/json.md."""
    trouble = one.found.trouble
    cause = _cause(one)
    entries = timeline(one, trouble, cause["run"] if cause else None)
    kinds = {entry["kind"] for entry in entries}
    facts = measures.Facts(
        environment=one.environment,
        cause=cause,
        failing=_failing(one),
        detected="detection" in kinds,
        channels=one.channels,
        traffic=one.traffic,
        over=trouble is None or trouble.ended is not None,
        rolled_back=_rolled_back(one, cause),
    )
    document = {
        "format": "safedeploy-postmortem",
        "version": 1,
        "environment": one.environment,
        "run": one.run,
        "about": None if one.about is None else one.about.run,
        "since": iso(one.since),
        "until": iso(one.until),
        "summary": _summary(one, trouble),
        "impact": _impact(one, trouble),
        "cause": cause,
        "timeline": entries,
        "ruled_out": _ruled_out(one),
        "resolution": _resolution(one, trouble, cause),
        "measures": measures.measures(facts),
        "questions": _questions(cause, kinds, one),
        "series": _series(one),
        "changes": [{"run": change.run, "at": iso(change.at), "what": _what(change)} for change in one.changes],
        "missing": dict(one.missing),
        "notes": list(one.found.notes),
    }
    clients = {often.text for window in (*one.windows.values(), *one.during.values()) for often in window.top_clients}
    found: dict[str, Any] = anonymous(document, clients - _hosts(one))
    return found


def _hosts(one: Gathered) -> set[str]:
    """Names that stay what they are, though a host may be a client of another one."""
    return {*one.windows, *one.missing, *(host for change in one.changes for host in change.hosts)}


def _summary(one: Gathered, trouble: Trouble | None) -> dict[str, Any]:
    counted = merged(one.during.values())
    ended = None if trouble is None else trouble.ended
    began = None if trouble is None else trouble.began
    return {
        "symptom": None if trouble is None else trouble.symptom.value,
        "began": None if began is None else iso(began),
        "ended": None if ended is None else iso(ended),
        "seconds": None if began is None else round((ended or one.until) - began),
        "hosts": [] if trouble is None else list(trouble.hosts),
        "requests": None if counted is None else counted.requests,
        "failed": None if counted is None else counted.server_errors,
        "clients": None if counted is None else counted.clients.number,
        "clients_affected": None if counted is None else counted.affected.number,
        "clients_exact": None if counted is None else counted.clients.exact and counted.affected.exact,
        "usual": None if trouble is None else round(trouble.usual, 4),
    }


def _impact(one: Gathered, trouble: Trouble | None) -> list[str]:
    counted = merged(one.during.values())
    if trouble is None:
        return ["The logs of this time show no rise of errors, refusals or slow answers."]
    said = []
    if trouble.symptom is Symptom.DOWN:
        said.append(f"Visitors got no answer from {wording.hosts(trouble.hosts)}.")
    if counted is not None and counted.requests:
        failed = wording.share(counted.server_errors / counted.requests)
        said.append(f"{counted.server_errors} of {counted.requests} requests ({failed}) got a server error.")
        clients, affected = counted.clients.number, counted.affected.number
        about = "" if counted.clients.exact and counted.affected.exact else "about "
        if clients:
            said.append(
                f"{about}{affected} of {clients} clients ({wording.share(affected / clients)}) met one.".capitalize()
            )
        sites = [
            f"{site}: {each.server_errors} of {each.requests}"
            for site, each in counted.sites.items()
            if each.server_errors
        ]
        if sites:
            said.append(f"By site: {'; '.join(sites[:6])}.")
        paths = [f"{often.text} ({often.server_errors})" for often in counted.failing[:_PATHS]]
        if paths:
            said.append(f"Most of them for {', '.join(paths)}.")
    if trouble.began is not None:
        said.append(f"Before, {wording.share(trouble.usual)} of requests failed.")
    return said


def _failing(one: Gathered) -> list[tuple[str, str]]:
    """(site, path) of what failed most."""
    counted = merged(one.during.values())
    if counted is None or not counted.failing:
        return []
    site = max(counted.sites, key=lambda name: counted.sites[name].server_errors, default="")
    return [(site, often.text) for often in counted.failing[:2]]


def _cause(one: Gathered) -> dict[str, Any] | None:
    """What a diagnosis of that time named, or what can be told now."""
    trouble = one.found.trouble
    began = trouble.began if trouble is not None and trouble.began is not None else one.since
    for run, document in reversed(one.diagnoses):
        if run.started.timestamp() < began:
            continue  # of another trouble
        named = document.get("named")
        for hypothesis in document.get("hypotheses") or ():
            if named is not None and hypothesis.get("id") == named:
                return _told(one, hypothesis, by=run.run)
    if one.found.named is not None:
        document = one.found.to_json()
        return _told(one, document["hypotheses"][0], by=None)
    if one.about is not None and one.about.failed:
        error = one.about.error or {}
        return {
            "id": "run",
            "title": f"{one.about.command} {one.summaries.get(one.about.run, 'failed')}",
            "weight": None,
            "evidence": [str(error["what"])] if error.get("what") else [],
            "run": one.about.run,
            "rule": None,
            "path": None,
            "lines": [],
            "diffs": _diffs(one, one.about.run),
            "by": None,
        }
    return None


def _told(one: Gathered, hypothesis: Json, *, by: str | None) -> dict[str, Any]:
    refers = hypothesis.get("refers") or {}
    run = refers.get("run")
    change = next((each for each in one.changes if each.run == run), None)
    return {
        "id": hypothesis.get("id"),
        "title": hypothesis.get("title"),
        "weight": hypothesis.get("weight"),
        "evidence": list(hypothesis.get("for") or ()),
        "run": run,
        "rule": refers.get("rule"),
        "path": refers.get("path"),
        "lines": list(change.lines) if change else [],
        "diffs": _diffs(one, run) if run else [],
        "by": by,
    }


def _diffs(one: Gathered, run: str) -> list[dict[str, Any]]:
    return [
        {"path": str(each.get("path")), "text": str(each.get("text") or ""), "note": str(each.get("note") or "")}
        for each in one.diffs.get(run, ())[:_MOST_DIFFS]
    ]


def _what(change: Change) -> str:
    return f"{change.command} of {change.release or change.run} by {change.actor} on {wording.hosts(change.hosts)}"


def _ruled_out(one: Gathered) -> list[dict[str, Any]]:
    """What it was not, with the evidence: of the last diagnosis, or of what is known now."""
    document: Json = one.diagnoses[-1][1] if one.diagnoses else one.found.to_json()
    return [
        {"title": str(each.get("title")), "evidence": list(each.get("against") or each.get("for") or ())[:2]}
        for each in document.get("hypotheses") or ()
        if each.get("verdict") in ("ruled-out", "unlikely") and (each.get("against") or each.get("for"))
    ]


def _rolled_back(one: Gathered, cause: Json | None) -> bool:
    """Whether the change that is the cause has been taken back since."""
    changed = next((run for run in one.runs if run.run == (cause or {}).get("run")), None)
    return changed is not None and any(
        run.command == "rollback" and not run.failed and run.started > changed.started for run in one.runs
    )


def _resolution(one: Gathered, trouble: Trouble | None, cause: Json | None) -> dict[str, Any]:
    """The last action before the end of the trouble; what the trouble comes from has not ended it."""
    if trouble is None or trouble.ended is None or trouble.began is None:
        return {"at": None, "run": None, "text": None}
    actions = [
        run
        for run in one.runs
        if run.command in CHANGING
        and run.run != (cause or {}).get("run")
        and trouble.began < run.started.timestamp() <= trouble.ended + 60
        and not run.failed
    ]
    if not actions:
        return {"at": iso(trouble.ended), "run": None, "text": None}
    last = max(actions, key=lambda run: run.started)
    return {"at": iso(trouble.ended), "run": last.run, "text": f"{last.command} by {last.actor}"}


def _questions(cause: Json | None, kinds: set[str], one: Gathered) -> list[dict[str, str]]:
    found = []
    trouble = one.found.trouble
    if cause is None:
        found.append({"section": "cause", "text": "What was the root cause? No record names one with confidence."})
    elif cause["id"] not in ("change", "run") and not cause["run"]:
        found.append({"section": "cause", "text": f"Why did it come to this: {cause['title']}?"})
    if one.missing:
        hosts = wording.hosts(one.missing)
        found.append(
            {"section": "impact", "text": f"How many requests failed on {hosts}? Their logs could not be read."}
        )
    if one.unread:
        found.append(
            {"section": "timeline", "text": f"What was done when, and by whom? No run is known: {one.unread}."}
        )
    if trouble is not None:
        found.append(
            {"section": "impact", "text": "What did it mean for the business and for people: orders, calls, trust?"}
        )
        if not kinds & {"detection", "diagnosis"}:
            found.append({"section": "timeline", "text": "Who noticed it, when and by what?"})
        if not one.alerts:
            found.append({"section": "timeline", "text": "Who was called, by whom, and when?"})
        if trouble.ended is not None and _resolution(one, trouble, cause)["run"] is None:
            found.append({"section": "resolution", "text": "What put it right? No run of that time did."})
    return found


def _series(one: Gathered) -> dict[str, Any]:
    step = next((window.step for window in one.windows.values()), 60.0)
    return {
        "step": step,
        "hosts": {
            host: [[round(at.start), at.requests, at.server_errors] for at in window.series]
            for host, window in one.windows.items()
        },
    }
