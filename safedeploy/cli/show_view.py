"""One run as it was on its screen, from the documents that were recorded of it, and what happened when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from rich.console import Console

from safedeploy.cli import decision_view, plan_view, preflight_view, push_view, restored
from safedeploy.cli.history_view import commit, when
from safedeploy.cli.rows import Rows
from safedeploy.cli.screen import say
from safedeploy.core.decision import Decision
from safedeploy.core.errors import ExitCode
from safedeploy.core.history import Event, Made, Run
from safedeploy.core.report import postmortem_page
from safedeploy.core.report.markdown import markdown
from safedeploy.workflows.decide import DecisionResult
from safedeploy.workflows.history import Told

Json = Mapping[str, Any]


def show(console: Console, found: Told, *, diffs: bool = True) -> None:
    """Print the run."""
    _show_head(console, found.run, found.summary)
    plan, result = found.documents.get("plan"), found.documents.get("result")
    if plan is not None:
        console.print()
        plan_view.show_plan(console, restored.plan(plan), diffs=diffs)
    if result is not None:
        console.print()
        view = _VIEWS.get(str(result.get("format")))
        if view is not None:
            view(console, result, found.run, diffs)
    _show_error(console, found.run)
    _show_events(console, found.run, found.events)


def _show_head(console: Console, run: Run, summary: str) -> None:
    say(console, f"{run.command} of {run.environment}: {summary}", "bold red" if run.failed else "bold")
    rows = Rows(console)
    rows.row("run", run.run + (" (rebuilt from what the hosts recorded)" if run.made is Made.REBUILT else ""))
    rows.row("by", run.actor)
    rows.row("began", f"{when(run.started)} UTC")
    if run.ended is not None:
        rows.row("ended", f"{when(run.ended)} UTC, after {(run.ended - run.started).total_seconds():.1f} s")
    if run.exit_code is not None:
        rows.row("exit code", str(run.exit_code))
    if run.commit:
        changes = ", with changes that were not committed" if run.dirty else ""
        rows.row("commit", f"{commit(run).rstrip('*')}{f' on {run.branch}' if run.branch else ''}{changes}")
    if run.release:
        rows.row("release", run.release)
    if run.reason:
        rows.row("reason", run.reason)


def _show_error(console: Console, run: Run) -> None:
    error = run.error
    if error is None:
        return
    console.print()
    say(console, f"error[{error.get('code')}]: {error.get('what')}", "bold red")
    say(console, f"state: {error.get('state')}")
    say(console, f"next:  {error.get('next')}")


def _show_events(console: Console, run: Run, events: tuple[Event, ...]) -> None:
    if not events:
        return
    console.print()
    say(console, "what happened when:", "bold")
    for event in events:
        if event.kind == "host" and event.result == "ok" and not event.text:
            continue  # nor was this on the screen of the run
        say(console, f"[{_after(event.at, run.started)}] {_told(event)}")


def _after(at: datetime, started: datetime) -> str:
    return f"{(at - started).total_seconds():6.1f} s"


def _told(event: Event) -> str:
    who = f"  {event.host}: " if event.host else ""
    text = f": {event.text}" if event.text else ""
    if event.kind == "phase":
        return f"{event.phase}{text}"
    if event.kind == "host":
        return f"{who}{event.phase} {event.result}{text}"
    if event.kind == "host-ended":
        return f"{who}ended: {event.result}{text}"
    if event.kind == "audit":
        return f"{who}recorded there: {event.result}{text}"
    if event.kind == "rollout-started":
        return f"hosts begin to change: {', '.join(event.data.get('hosts') or ())}"
    if event.kind == "run-ended":
        return f"the run ended with exit code {event.data.get('exit_code')}"
    return f"{who}{_WORDS.get(event.kind, event.kind)}{text}"


_WORDS = {
    "run-started": "the run began",
    "provenance": "the project was looked at",
    "alert-lost": "alert",
    "alert": "alert",
}


def _show_plan(console: Console, document: Json, _run: Run, diffs: bool) -> None:
    plan_view.show_plan(console, restored.plan(document), diffs=diffs)


def _show_check(console: Console, document: Json, run: Run, diffs: bool) -> None:
    _show_plan(console, document["plan"], run, diffs)
    found = restored.preflight(document["preflight"], document.get("stale") or ())
    if found.hosts:
        preflight_view.show_preflight(console, found)


def _show_push(console: Console, document: Json, run: Run, _diffs: bool) -> None:
    result = restored.push(document)
    if result.preflight.hosts:
        preflight_view.show_preflight(console, result.preflight)
    push_view.show_result(console, result, verb=run.command)


def _show_decision(console: Console, document: Json, _run: Run, _diffs: bool) -> None:
    result = DecisionResult(
        run=document["run"],
        environment=document["environment"],
        decision=Decision(document["decision"]),
        ends={host: restored.end(host, one) for host, one in document["hosts"].items()},
        code=ExitCode(document["exit_code"]),
        interrupted=document["interrupted"],
    )
    decision_view.show(console, result)


def _show_drift(console: Console, document: Json, _run: Run, _diffs: bool) -> None:
    for item in document.get("items") or ():
        say(console, f"{item.get('host')}: {item.get('kind')}: {item.get('text')}", "yellow")
    for host, why in (document.get("unreachable") or {}).items():
        say(console, f"{host}: not read: {why}", "bold red")


def _show_diagnosis(console: Console, document: Json, _run: Run, _diffs: bool) -> None:
    for one in document.get("hypotheses") or ():
        named = one.get("id") == document.get("named")
        weight = "" if one.get("weight") is None else f" ({one['weight']:.2f})"
        say(console, f"{one.get('verdict')}: {one.get('title')}{weight}", "bold red" if named else "")
        rows = Rows(console)
        for label, key in (("for", "for"), ("against", "against")):
            for number, text in enumerate(one.get(key) or ()):
                rows.row(label if number == 0 else "", str(text))


def _show_postmortem(console: Console, document: Json, run: Run, _diffs: bool) -> None:
    say(console, markdown(postmortem_page.page(document)))
    say(console, f"next: safedeploy report {run.run} makes its page again")


def _show_others(console: Console, document: Json, _run: Run, _diffs: bool) -> None:
    for host, one in (document.get("hosts") or {}).items():
        done = "done" if one.get("done") else "not done"
        say(console, f"{host}: {one.get('text') or one.get('why') or done}", "" if one.get("done") else "bold red")


_VIEWS: Mapping[str, Callable[[Console, Json, Run, bool], None]] = {
    "safedeploy-plan": _show_plan,
    "safedeploy-check": _show_check,
    "safedeploy-push": _show_push,
    "safedeploy-decision": _show_decision,
    "safedeploy-drift": _show_drift,
    "safedeploy-diagnosis": _show_diagnosis,
    "safedeploy-postmortem": _show_postmortem,
    "safedeploy-undrain": _show_others,
    "safedeploy-unlock": _show_others,
}


def document(found: Told) -> dict[str, Any]:
    """`safedeploy show --json`."""
    return {
        "format": "safedeploy-run",
        **found.run.to_json(),
        "version": 1,
        "safedeploy": found.run.version,
        "summary": found.summary,
        "plan": found.documents.get("plan"),
        "result": found.documents.get("result"),
        "events": [event.to_json() for event in found.events],
    }
