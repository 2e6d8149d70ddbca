"""What the drill shows: the page, hints, the verdict, and at the end all that there was to know."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from safedeploy.cli.rows import Rows
from safedeploy.cli.screen import out, say, say_json, say_whole
from safedeploy.lab import Lab
from safedeploy.lab.drill import Drill
from safedeploy.lab.drill_judge import Verdict
from safedeploy.lab.faults import FAULTS, Fault, find
from safedeploy.lab.traffic import Route


def show_faults(*, as_json: bool) -> None:
    """All faults by name."""
    if as_json:
        say_json({"schema": 1, "faults": [_fault(fault) for fault in FAULTS.values()]})
        return
    console = out()
    width = max(map(len, FAULTS))
    for fault in FAULTS.values():
        say(console, f"{fault.name:<{width}}  {fault.title}")


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "name": fault.name,
        "title": fault.title,
        "what": fault.what,
        "needs_namespaces": fault.needs_namespaces,
        "rule": fault.rule,
    }


def document(lab: Lab, drill: Drill, *, over: bool = False, now: float | None = None) -> dict[str, Any]:
    """The shape of the drill's --json, version 1. The cause stands in it when it is known to the trainee."""
    fault = find(drill.fault)
    known = drill.revealed or drill.named
    return {
        "schema": 1,
        "lab": lab.name,
        "page": fault.page,
        "seconds": round((now or time.time()) - drill.began, 1),
        "hints": list(fault.hints[: drill.hints]),
        "answers": [vars(answer) for answer in drill.answers],
        "over": over,
        "cause": _fault(fault) | {"repair": fault.repair, "prevention": fault.prevention} if known else None,
        "hosts": list(drill.hosts) if known else None,
        "said": {"lint": drill.lint, "diagnose": drill.diagnosis} if known else None,
    }


def show_page(console: Console, lab: Lab, drill: Drill) -> None:
    """What a pager would say, and what there is to work with."""
    option = "" if lab.name == "default" else f" --name {lab.name}"
    host = lab.hosts[0]
    say(console, f"PAGE  {find(drill.fault).page}", "bold red")
    clock = time.strftime("%H:%M:%S", time.localtime(drill.began))
    say(
        console,
        f"      {clock}, {duration(time.time() - drill.began)} ago; reported by visitors. Some hosts may be well.",
    )
    console.print()
    rows = Rows(console)
    rows.row(
        "hosts",
        ", ".join(f"{one.name} {one.address}" for one in lab.hosts[:12]) + (" ..." if len(lab.hosts) > 12 else ""),
    )
    for label, command in (
        ("log in", f"safedeploy lab ssh {host.name}{option}"),
        ("ask", _asking(lab, find(drill.fault).route)),
        (
            "application",
            f"python3 -I -S {host.layout.backend} HOST {host.backend_port}, behind api.lab.test on each host",
        ),
        ("tools", "safedeploy status lab, drift lab, diagnose lab, lint lab, explain"),
        ("drill", f"safedeploy lab drill hint | check --cause NAME | reveal | end{option}"),
    ):
        say_whole(console, f"  {label:<12}{command}")


def _asking(lab: Lab, route: Route) -> str:
    """How to ask the first host for the address that the page is about, as a visitor does."""
    host = lab.hosts[0]
    port, plain = (host.https_port, 443) if route.tls else (host.http_port, 80)
    trust = f"--cacert {lab.certificate} " if route.tls else ""
    where = route.site if port == plain else f"{route.site}:{port}"
    scheme = "https" if route.tls else "http"
    return f"curl -m 5 {trust}--resolve {route.site}:{port}:{host.address} {scheme}://{where}{route.path}"


def show_unwell(console: Console, unwell: Mapping[str, Sequence[str]]) -> None:
    """How visitors fare."""
    console.print()
    if not unwell:
        say(console, "visitors are served by every host", "green")
    rows = Rows(console)
    for host, texts in unwell.items():
        for number, text in enumerate(texts):
            rows.row(host if number == 0 else "", text)


def show_hints(console: Console, drill: Drill, *, new: bool) -> None:
    """The hints so far."""
    rows = Rows(console)
    for number, text in enumerate(find(drill.fault).hints[: drill.hints], start=1):
        rows.row(f"hint {number}", text)
    if not new:
        say_whole(console, "There are no more: `safedeploy lab drill reveal` tells all.")


def show_verdict(console: Console, drill: Drill, verdict: Verdict, now: float) -> None:
    """Each question of a check with its answer."""
    style = "bold green" if verdict.passed else "bold yellow"
    say(console, f"{'passed' if verdict.passed else 'not yet'}: {_tale(drill, now)}", style)
    rows = Rows(console)
    if verdict.outstanding:
        rows.row("fleet", "not well, and it is not for you to repair: whoever runs it does now")
    else:
        rows.row("fleet", "well: every host serves its visitors" if verdict.well else "not well")
        for text in verdict.unwell:
            rows.row("", text)
    rows.row("cause", _cause(drill))
    rows.row("otherwise", "nothing else was broken" if not verdict.spoilt else "broken on the way:")
    for text in verdict.spoilt:
        rows.row("", text, "bold red")
    for number, text in enumerate(verdict.left):
        rows.row("changed" if number == 0 else "", text)


def _cause(drill: Drill) -> str:
    if not drill.answers:
        return "not named yet: --cause NAME, of `safedeploy lab drill --list`"
    last = drill.answers[-1]
    return f"{last.cause}, that is it" if last.right else f"not {last.cause}"


def _tale(drill: Drill, now: float) -> str:
    wrong = len(drill.wrong)
    parts = [
        f"{duration(now - drill.began)} since the page",
        f"{drill.hints} hint{'' if drill.hints == 1 else 's'}",
        f"{wrong} wrong {'cause' if wrong == 1 else 'causes'}" + (f" ({', '.join(drill.wrong)})" if wrong else ""),
    ]
    return ", ".join(parts) + (", after it was revealed" if drill.revealed else "")


def show_debrief(console: Console, drill: Drill) -> None:
    """What it was, how it is repaired and prevented, and what the tool said of it before anybody looked."""
    fault = find(drill.fault)
    console.print()
    say(console, f"{fault.name}: {fault.title}", "bold")
    rows = Rows(console)
    rows.row("what", fault.what)
    rows.row("hosts", ", ".join(drill.hosts))
    rows.row("repair", fault.repair)
    rows.row("prevention", fault.prevention)
    if fault.rule:
        rows.row("rule", f"{fault.rule}: `safedeploy explain {fault.rule}`, docs/rules/{fault.rule}.md")
    _show_said(rows, "lint", drill.lint, "nothing: the configuration is not what is wrong")
    _show_said(rows, "diagnose", drill.diagnosis, "nothing")


def _show_said(rows: Rows, command: str, said: Sequence[str] | None, nothing: str) -> None:
    """What a command had said; it is left out where it could not be asked."""
    if said is None:
        return
    for number, text in enumerate(said or [nothing]):
        rows.row(command if number == 0 else "", text)


def duration(seconds: float) -> str:
    """`42 s`, `3 min 20 s`, `1 h 2 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
