"""The report on one run: what was wanted, what became of each host and when, what was changed. Pure.

Made of what the history recorded, which is masked already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from safedeploy.core.history import Event, Run
from safedeploy.core.report import lanes
from safedeploy.core.report.parts import Block, Diff, Facts, Page, Part, Picture, Section, Table, Text

Json = Mapping[str, Any]
MOST_DIFFS, MOST_HOSTS, MOST_EVENTS = 60, 300, 400
_TONES = {
    "confirmed": "good",
    "unchanged": "good",
    "untouched": "",
    "held": "warn",
    "reverted": "bad",
    "pending": "bad",
    "stranded": "bad",
}


def page(run: Run, summary: str, events: Iterable[Event], documents: Json, *, made: str = "") -> Page:
    """The whole report."""
    found = tuple(events)
    plan = documents.get("plan") or _inner(documents.get("result"), "plan")
    result = documents.get("result") or {}
    sections = [
        Section(title="Summary", anchor="summary", parts=tuple(_summary(run, summary))),
        *_rollout(run, found),
        *_hosts(result),
        *_traffic(result),
        *_preflight(result),
        *_findings(result),
        *_changes(plan),
        *_timeline(run, found),
    ]
    return Page(
        title=f"{run.command} of {run.environment}",
        subtitle=f"{summary}; run {run.run}",
        tone="bad" if run.failed else "good" if run.exit_code == 0 else "warn",
        sections=tuple(sections),
        made=made,
    )


def clock(at: datetime | None) -> str:
    """A moment with its zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at is not None else "-"


def _inner(document: Any, key: str) -> Json:
    found = document.get(key) if isinstance(document, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _summary(run: Run, summary: str) -> Iterable[Part]:
    ended = (
        f"{clock(run.ended)}, after {(run.ended - run.started).total_seconds():.1f} s" if run.ended else "not recorded"
    )
    commit = (run.commit or "")[:12] + (" with changes that were not committed" if run.dirty else "")
    rows = [
        ("result", summary),
        ("run", run.run),
        ("by", run.actor),
        ("began", clock(run.started)),
        ("ended", ended),
        ("exit code", "-" if run.exit_code is None else str(run.exit_code)),
        ("release", run.release or "-"),
        ("commit", f"{commit} on {run.branch}" if commit.strip() and run.branch else commit or "-"),
        ("reason", run.reason or "-"),
        ("safedeploy", run.version),
    ]
    yield Facts(rows=tuple((name, value) for name, value in rows if value != "-"))
    if run.error is not None:
        lines = [f"error[{run.error.get('code')}]: {run.error.get('what')}"]
        lines += [f"state: {run.error.get('state')}", f"next:  {run.error.get('next')}"]
        yield Block(title="How it ended", text="\n".join(lines))


def _rollout(run: Run, events: tuple[Event, ...]) -> Iterable[Section]:
    found = lanes.lanes(events)
    if not found or run.ended is None:
        return
    picture = Picture(
        caption="Each bar is a step of a host: pre-flight, rollout, settling. Steps that failed are crossed.",
        summary=f"The rollout of {sum(len(one.hosts) for one in found)} hosts over time.",
        svg=lanes.draw(found, run.started, run.ended),
    )
    yield Section(title="Rollout", anchor="rollout", parts=(picture,))


def _hosts(result: Json) -> Iterable[Section]:
    hosts = _inner(result, "hosts")
    ended = {name: one for name, one in hosts.items() if isinstance(one, Mapping) and one.get("end")}
    if not ended:
        return
    order = sorted(ended, key=lambda name: (_TONES.get(str(ended[name]["end"]), "") in ("good", ""), name))
    shown = order[:MOST_HOSTS]
    rows = tuple(
        (name, str(ended[name]["end"]), str(ended[name].get("release") or "-"), str(ended[name].get("why") or ""))
        for name in shown
    )
    ends = Counter(str(one["end"]) for one in ended.values())
    caption = f"What became of {len(ended)} hosts: {', '.join(f'{number} {end}' for end, number in ends.items())}"
    parts: list[Part] = [
        Table(
            caption=caption,
            head=("host", "end", "release", "why"),
            rows=rows,
            tones=tuple(_TONES.get(str(ended[name]["end"]), "") for name in shown),
        )
    ]
    if len(order) > len(shown):
        parts.append(Text(text=f"And {len(order) - len(shown)} more hosts, which ended like the last ones."))
    for name in shown:
        steps = ended[name].get("steps") or ()
        if steps:
            parts.append(Block(title=f"By hand on {name}", text="\n".join(map(str, steps))))
    yield Section(title="Hosts", anchor="hosts", parts=tuple(parts))


def _traffic(result: Json) -> Iterable[Section]:
    looked = result.get("traffic") or ()
    rows = tuple(
        (
            ", ".join(map(str, one.get("hosts") or ())),
            str(one.get("verdict")),
            str(one.get("action")),
            str(one.get("line")),
        )
        for one in looked
    )
    if rows:
        tones = tuple({"go": "good", "stop": "bad"}.get(row[1], "") for row in rows)
        table = Table(
            caption="What the error-rate gate saw of visitors, batch by batch",
            head=("batch", "verdict", "action", "numbers"),
            rows=rows,
            tones=tones,
        )
        yield Section(title="Visitors", anchor="visitors", parts=(table,))


def _preflight(result: Json) -> Iterable[Section]:
    """What pre-flight found on hosts, those alike once."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for host, one in (result.get("preflight") or {}).items():
        if not isinstance(one, Mapping):
            continue
        for finding in one.get("findings") or ():
            row = (str(finding.get("severity")), str(finding.get("text")), str(finding.get("place") or ""))
            found.setdefault(row, []).append(host)
        for verdict in one.get("verdicts") or ():
            if verdict.get("verdict") == "regression":
                text = f"{verdict.get('request')}: {verdict.get('before')} before, {verdict.get('after')} after"
                found.setdefault(("regression", text, str(verdict.get("place") or "")), []).append(host)
    if found:
        rows = tuple((*row, f"{hosts[0]}{f' and {len(hosts) - 1} more' if len(hosts) > 1 else ''}")
                     for row, hosts in list(found.items())[:100])  # fmt: skip
        tones = tuple("bad" if row[0] in ("error", "regression") else "warn" for row in rows)
        table = Table(caption="What pre-flight found", head=("kind", "what", "where", "hosts"), rows=rows, tones=tones)
        yield Section(title="Pre-flight", anchor="preflight", parts=(table,))


def _findings(result: Json) -> Iterable[Section]:
    """What a look for drift, or a diagnosis, came to."""
    if result.get("format") == "safedeploy-drift" and result.get("items"):
        rows = tuple(
            (str(one.get("host")), str(one.get("kind")), str(one.get("path") or ""), str(one.get("text")))
            for one in list(result["items"])[:MOST_HOSTS]
        )
        table = Table(caption="What is not as it was deployed", head=("host", "kind", "path", "what"), rows=rows)
        yield Section(title="Drift", anchor="drift", parts=(table,))
    if result.get("format") == "safedeploy-diagnosis":
        rows = tuple(
            (
                str(one.get("title")),
                f"{one.get('verdict')} ({one.get('weight')})",
                "; ".join(map(str, one.get("for") or ())),
                "; ".join(map(str, one.get("against") or ())),
            )
            for one in result.get("hypotheses") or ()
        )
        table = Table(caption="Causes that were looked into", head=("cause", "verdict", "for", "against"), rows=rows)
        yield Section(title="Diagnosis", anchor="diagnosis", parts=(table,))


def _changes(plan: Json) -> Iterable[Section]:
    diffs = list(plan.get("diffs") or ())
    parts: list[Part] = []
    for one in diffs[:MOST_DIFFS]:
        hosts = list(map(str, one.get("hosts") or ()))
        on = f"{', '.join(hosts[:4])}{f' and {len(hosts) - 4} more' if len(hosts) > 4 else ''}"
        parts.append(
            Diff(title=f"{one.get('path')} on {on}", text=str(one.get("text") or ""), note=str(one.get("note") or ""))
        )
    if len(diffs) > MOST_DIFFS:
        parts.append(Text(text=f"And {len(diffs) - MOST_DIFFS} more differences: `safedeploy show` has them all."))
    if parts:
        yield Section(title="Changes", anchor="changes", parts=tuple(parts))


def _timeline(run: Run, events: tuple[Event, ...]) -> Iterable[Section]:
    telling = [
        one
        for one in events
        if one.kind not in ("run-started", "provenance")
        and (one.kind != "host" or one.text or one.result not in ("ok", "running"))
    ]
    rows, tones = [], []
    for one in telling[:MOST_EVENTS]:
        rows.append(
            (f"{(one.at - run.started).total_seconds():.1f} s", one.host or "", one.phase or one.kind, _said(one))
        )
        tones.append("bad" if one.result in ("failed", "unreachable", "reverted", "stranded") else "")
    if not rows:
        return
    parts: list[Part] = [
        Table(
            caption=f"What happened when, in seconds since {clock(run.started)}",
            head=("after", "host", "phase", "what"),
            rows=tuple(rows),
            tones=tuple(tones),
        )
    ]
    if len(telling) > MOST_EVENTS:
        parts.append(Text(text=f"And {len(telling) - MOST_EVENTS} more events: `safedeploy show` has them all."))
    yield Section(title="Timeline", anchor="timeline", parts=tuple(parts))


def _said(event: Event) -> str:
    if event.kind == "rollout-started":
        return f"hosts begin to change: {', '.join(map(str, event.data.get('hosts') or ()))}"
    if event.kind == "run-ended":
        return f"the run ended with exit code {event.data.get('exit_code')}"
    return ": ".join(part for part in (event.result, event.text) if part) or event.kind
