"""The timeline of an incident: changes, how it was noticed, what was done, what was ruled out, and its end. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from safedeploy.core.diagnose import wording
from safedeploy.core.diagnose.evidence import Trouble
from safedeploy.core.report.gathered import CHANGING, Gathered, Json, iso


def timeline(one: Gathered, trouble: Trouble | None, caused: str | None = None) -> list[dict[str, Any]]:
    """[{at, kind, text, run}] in the order of time. `caused` is the run that the trouble comes from."""
    entries = [*_of_runs(one, caused), *_of_alerts(one), *_of_trouble(trouble)]
    return sorted(entries, key=lambda entry: (entry["at"], _ORDER.index(entry["kind"])))


_ORDER = ("change", "onset", "detection", "escalation", "diagnosis", "misleading", "action", "resolution")


def _entry(at: float, kind: str, text: str, run: str | None = None) -> dict[str, Any]:
    return {"at": iso(at), "kind": kind, "text": text, "run": run}


def _of_runs(one: Gathered, caused: str | None) -> Iterable[dict[str, Any]]:
    changed = {change.run: change for change in one.changes}
    began = one.found.trouble.began if one.found.trouble else None
    documents = {run.run: document for run, document in one.diagnoses}
    for run in one.runs:
        at = run.started.timestamp()
        said = one.summaries.get(run.run) or run.summary
        reason = f" ({run.reason})" if run.reason else ""
        if run.run in documents:
            named = documents[run.run].get("named")
            if began is not None and at < began:
                continue  # of another trouble
            title = _title(documents[run.run], named)
            text = f"{run.actor} asks for a diagnosis: {title if named else 'no cause is named'}"
            yield _entry(at, "diagnosis", text, run.run)
            out = [each for each in documents[run.run].get("hypotheses") or () if each.get("verdict") == "ruled-out"]
            if out:
                yield _entry(
                    at, "misleading", f"ruled out: {', '.join(str(each.get('title')) for each in out)}", run.run
                )
        elif run.run in changed or run.command in CHANGING:
            kind = "change" if began is None or at <= began or run.run == caused else "action"
            yield _entry(at, kind, f"{run.actor} begins {run.command}{reason}: {said}", run.run)
            if run.ended is not None and (run.ended - run.started).total_seconds() >= 1:
                yield _entry(run.ended.timestamp(), kind, f"{run.command} ends: {said}", run.run)


def _title(document: Json, named: Any) -> str:
    return next(
        (str(each.get("title")) for each in document.get("hypotheses") or () if each.get("id") == named), str(named)
    )


def _of_alerts(one: Gathered) -> Iterable[dict[str, Any]]:
    for number, alert in enumerate(sorted(one.alerts, key=lambda each: each.at)):
        yield _entry(alert.at, "detection" if number == 0 else "escalation", f"{alert.severity}: {alert.text}")


def _of_trouble(trouble: Trouble | None) -> Iterable[dict[str, Any]]:
    if trouble is None:
        return
    if trouble.began is not None:
        yield _entry(trouble.began, "onset", f"{trouble.symptom.value} begin on {wording.hosts(trouble.hosts)}")
    if trouble.ended is not None:
        yield _entry(trouble.ended, "resolution", f"{trouble.symptom.value} are over")
