"""The page of a post-mortem, from its document: also from one that was recorded long ago. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from safedeploy.core.diagnose import wording
from safedeploy.core.report import traffic_plots
from safedeploy.core.report.parts import Block, Diff, Facts, Page, Part, Picture, Question, Section, Table, Tasks, Text
from safedeploy.core.report.run_page import clock
from safedeploy.core.report.svg import Mark

Json = Mapping[str, Any]
_KINDS = {
    "change": "change",
    "onset": "it begins",
    "detection": "detection",
    "escalation": "escalation",
    "diagnosis": "diagnosis",
    "misleading": "ruled out",
    "action": "action",
    "resolution": "it ends",
}
_TONES = {"onset": "bad", "resolution": "good", "misleading": "", "detection": "warn", "escalation": "warn"}


def page(document: Json, *, made: str = "") -> Page:
    """The whole report."""
    summary = document.get("summary") or {}
    asked = _questions(document)
    sections = [
        Section(title="Summary", anchor="summary", parts=tuple(_summary(document, summary))),
        Section(title="Impact", anchor="impact", parts=(*_impact(document), *asked("impact"))),
        Section(title="Root cause", anchor="cause", parts=(*_cause(document), *asked("cause"))),
        Section(title="Timeline", anchor="timeline", parts=(*_timeline(document), *asked("timeline"))),
        Section(title="What it was not", anchor="ruled-out", parts=tuple(_ruled_out(document))),
        Section(title="Resolution", anchor="resolution", parts=(*_resolution(document), *asked("resolution"))),
        Section(title="Measures", anchor="measures", parts=tuple(_measures(document))),
        Section(title="Requests and errors", anchor="traffic", parts=tuple(_plots(document))),
    ]
    length = summary.get("seconds")
    what = summary.get("symptom") or "no trouble in the logs"
    return Page(
        title=f"Post-mortem of {document.get('environment')}: {what}",
        subtitle=f"{_moment(summary.get('began') or document.get('since'))}"
        + (f", {wording.ago(float(length))}" if length is not None else ""),
        tone="bad" if summary.get("symptom") else "",
        sections=tuple(section for section in sections if section.parts),
        made=made,
    )


def _moment(text: Any) -> str:
    return clock(datetime.fromisoformat(str(text))) if text else "-"


def _seconds(text: Any) -> float:
    return datetime.fromisoformat(str(text)).timestamp()


def _questions(document: Json) -> Any:
    found = list(document.get("questions") or ())
    return lambda section: tuple(Question(text=str(each["text"])) for each in found if each.get("section") == section)


def _summary(document: Json, summary: Json) -> Iterable[Part]:
    cause = document.get("cause") or {}
    requests, failed = summary.get("requests"), summary.get("failed")
    clients, affected = summary.get("clients"), summary.get("clients_affected")
    about = "" if summary.get("clients_exact") else "about "
    rows = [
        ("what", str(summary.get("symptom") or "no rise of errors is seen in the logs")),
        ("began", _moment(summary.get("began")) if summary.get("began") else "not known from the logs"),
        (
            "ended",
            _moment(summary.get("ended")) if summary.get("ended") else f"not by {_moment(document.get('until'))}",
        ),
        ("duration", wording.ago(float(summary["seconds"])) if summary.get("seconds") is not None else "-"),
        ("hosts", wording.hosts(summary.get("hosts") or ()) or "-"),
        ("requests", f"{failed} of {requests} failed ({wording.share(failed / requests)})" if requests else "-"),
        (
            "clients",
            f"{about}{affected} of {clients} affected ({wording.share(affected / clients)})" if clients else "-",
        ),
        ("root cause", str(cause.get("title") or "not named")),
        ("change", str(cause.get("run") or "-")),
    ]
    if not summary.get("symptom"):
        rows = [rows[0], ("from", _moment(document.get("since"))), ("to", _moment(document.get("until"))), *rows[7:]]
    yield Facts(rows=tuple((name, value) for name, value in rows if value != "-"))


def _impact(document: Json) -> Iterable[Part]:
    for text in document.get("impact") or ():
        yield Text(text=str(text))
    missing = document.get("missing") or {}
    if missing:
        yield Table(
            caption="Hosts whose logs could not be read",
            head=("host", "why"),
            rows=tuple((str(host), str(why)) for host, why in missing.items()),
        )


def _cause(document: Json) -> Iterable[Part]:
    cause = document.get("cause")
    if not cause:
        return
    by = f"named by the diagnosis {cause['by']}" if cause.get("by") else "by what the logs and the history tell"
    weight = f", weight {cause['weight']}" if cause.get("weight") is not None else ""
    yield Text(text=f"{str(cause.get('title')).capitalize()} ({by}{weight}).")
    rows = (("run", cause.get("run")), ("file", cause.get("path")), ("rule", cause.get("rule")))
    told = tuple((name, str(value)) for name, value in rows if value)
    if told:
        yield Facts(rows=told)
    if cause.get("lines"):
        yield Block(title="Lines", text="\n".join(map(str, cause["lines"])))
    if cause.get("evidence"):
        yield Block(title="Evidence", text="\n".join(map(str, cause["evidence"])))
    for each in cause.get("diffs") or ():
        yield Diff(title=str(each.get("path")), text=str(each.get("text") or ""), note=str(each.get("note") or ""))


def _timeline(document: Json) -> Iterable[Part]:
    entries = list(document.get("timeline") or ())
    if entries:
        yield Table(
            caption="What happened when (UTC)",
            head=("when", "what kind", "what", "run"),
            rows=tuple(
                (
                    _moment(each.get("at")),
                    _KINDS.get(str(each.get("kind")), str(each.get("kind"))),
                    str(each.get("text")),
                    str(each.get("run") or ""),
                )
                for each in entries
            ),
            tones=tuple(_TONES.get(str(each.get("kind")), "") for each in entries),
        )


def _ruled_out(document: Json) -> Iterable[Part]:
    found = list(document.get("ruled_out") or ())
    if found:
        yield Table(
            caption="Causes that were looked into and left, with the evidence",
            head=("cause", "evidence"),
            rows=tuple((str(each.get("title")), "; ".join(map(str, each.get("evidence") or ()))) for each in found),
        )


def _resolution(document: Json) -> Iterable[Part]:
    found = document.get("resolution") or {}
    if found.get("text"):
        yield Text(text=f"Over at {_moment(found.get('at'))}, after {found['text']} ({found.get('run')}).")
    elif found.get("at"):
        yield Text(text=f"Over at {_moment(found['at'])}.")
    elif (document.get("summary") or {}).get("symptom"):
        yield Text(text=f"Not over at {_moment(document.get('until'))}, when this was written.")


def _measures(document: Json) -> Iterable[Part]:
    for kind, title in (("corrective", "To put right what is wrong"), ("preventive", "To have it never again")):
        items = [each for each in document.get("measures") or () if each.get("kind") == kind]
        if items:
            yield Text(text=f"{title}:")
            yield Tasks(items=tuple((str(each.get("text")), str(each.get("command") or "")) for each in items))


def _plots(document: Json) -> Iterable[Part]:
    series = document.get("series") or {}
    step = float(series.get("step") or 60)
    hosts = {
        str(host): [traffic_plots.Point(at=float(at), requests=int(a), errors=int(b)) for at, a, b in rows]
        for host, rows in (series.get("hosts") or {}).items()
    }
    hosts = {host: rows for host, rows in hosts.items() if rows}
    if not hosts:
        return
    begin, end = _seconds(document.get("since")), _seconds(document.get("until"))
    first = min(rows[0].at for rows in hosts.values())
    begin = max(begin, first - step)
    marks = tuple(
        Mark(at=_seconds(each["at"]), number=number, label=f"{_moment(each['at'])}: {each['what']}")
        for number, each in enumerate(sorted(document.get("changes") or (), key=lambda one: str(one["at"])), start=1)
        if _seconds(each["at"]) >= begin
    )
    total: dict[float, list[int]] = {}
    for one in (one for rows in hosts.values() for one in rows):
        row = total.setdefault(one.at, [0, 0])
        row[0] += one.requests
        row[1] += one.errors
    every = [traffic_plots.Point(at=at, requests=row[0], errors=row[1]) for at, row in sorted(total.items())]
    yield Picture(
        caption=f"Requests a second of all hosts, in steps of {step:.0f} s (UTC). The bars are server errors.",
        summary=f"{sum(one.requests for one in every)} requests, {sum(one.errors for one in every)} server errors.",
        svg=traffic_plots.together(every, step, begin, end, marks),
    )
    if marks:
        yield Table(
            caption="The changes that are marked",
            head=("mark", "what"),
            rows=tuple((str(mark.number), mark.label) for mark in marks),
        )
    yield Picture(
        caption="Share of server errors by host, the worst first (UTC). On the right: the share of the whole time.",
        summary=f"{len(hosts)} hosts; most errors on {traffic_plots.folded(hosts)[0][0]}.",
        svg=traffic_plots.by_host(hosts, step, begin, end, marks),
    )
    yield Table(
        caption="The numbers by host",
        head=("host", "requests", "server errors", "share"),
        rows=tuple(_numbers(name, rows) for name, rows in traffic_plots.folded(hosts)),
    )


def _numbers(name: str, rows: Iterable[traffic_plots.Point]) -> tuple[str, ...]:
    requests = errors = 0
    for one in rows:
        requests, errors = requests + one.requests, errors + one.errors
    return name, str(requests), str(errors), wording.share(errors / requests) if requests else "-"
