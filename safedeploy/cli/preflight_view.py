"""What the preflight found, host by host; hosts that found the same are shown once.

For each: how the candidate was tested, what it means to httpd that is new, and every regression as request, before,
after, with the changed lines most likely behind it. What was not checked is said as plainly as what was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.console import Console

from safedeploy.cli.rows import Rows
from safedeploy.cli.screen import say
from safedeploy.cli.verdict_view import show_cause, show_others
from safedeploy.core import counted
from safedeploy.core.preflight import HostCheck, Preflight
from safedeploy.core.trial import Difference, Finding, Shadow, Trial

_METHOD = {"namespace": "in a private namespace over the live tree", "copy": "in a copied tree"}
_COUNTS = (
    ("same", "same"),
    ("declared", "changed as declared"),
    ("changed", "changed"),
    ("improved", "better"),
    ("regression", "worse"),
    ("inconclusive", "inconclusive"),
)
# Names that are made anew for each trial, and digests.
_RANDOM = re.compile(r"[0-9a-f]{8,}")
_MOST = 10  # differences and findings of a host; the rest is counted


def show_preflight(console: Console, verdict: Preflight) -> None:
    """Print what was found on the hosts that got as far as trying the candidate."""
    groups = [alike for alike in fold(verdict) if _has_something(alike[0])]
    if verdict.ok:
        say(console, f"preflight passed on {counted.hosts(len(verdict.hosts))}", "bold green")
    for number, alike in enumerate(groups):
        if number:
            console.print()
        _show_group(console, alike)
    for one in verdict.stale:
        say(console, f"--accept {one}: no host met a regression with this id", "yellow")


def fold(verdict: Preflight) -> list[list[HostCheck]]:
    """Checks that read the same but for the host's own name, together; how long they took does not count."""
    groups: dict[str, list[HostCheck]] = {}
    for check in verdict.hosts.values():
        groups.setdefault(_key(check), []).append(check)
    return list(groups.values())


def _key(check: HostCheck) -> str:
    trial, shadow = check.trial, check.trial.shadow
    parts = (
        *(check.ok, check.code, check.method, check.warnings, check.restart),
        *(trial.findings, trial.differences, trial.validated),
        (shadow.state, shadow.why, shadow.limits, tuple(sorted(shadow.probes.items()))) if shadow else None,
        tuple((one.judgement, one.kind, one.request, one.before, one.after, one.accepted) for one in trial.verdicts),
        tuple(tuple((hunk.path, hunk.number) for hunk in cause.likely) for cause in check.causes),
    )
    own = re.sub(rf"\b{re.escape(check.host)}\b", "HOST", repr(parts))
    return _RANDOM.sub("#", own)


def _alike(checks: Sequence[HostCheck]) -> dict[str, list[str]]:
    """For each id of the first host those of all hosts: a request with the host's name has another id on each."""
    found: dict[str, list[str]] = {}
    for same in zip(*(check.trial.verdicts for check in checks), strict=True):
        found.setdefault(same[0].id, []).extend(one.id for one in same)
    return found


def _has_something(check: HostCheck) -> bool:
    return check.ok or bool(check.method or check.trial.shadow or check.trial.findings or check.trial.verdicts)


def _show_group(console: Console, alike: Sequence[HostCheck]) -> None:
    first = alike[0]
    worse = len({one.request for one in first.trial.regressions})
    text = f"{', '.join(check.host for check in alike)}: "
    if first.ok:
        say(console, f"{text}passed{_took(alike)}", "green")
    elif worse:
        requests = "1 request gets" if worse == 1 else f"{worse} requests get"
        say(console, f"{text}{requests} worse{_took(alike)}", "bold red")
    else:
        say(console, f"{text}refused ({first.code}){_took(alike)}", "bold red")
    rows = Rows(console)
    _show_how(rows, first)
    for label, words, style in _found(first):
        rows.row(label, words, style)
    ids = _alike(alike)
    for cause in first.causes:
        console.print()
        show_cause(rows, cause, ids)
    if first.causes:
        console.print()
    show_others(rows, first.trial)


def _took(alike: Sequence[HostCheck]) -> str:
    seconds = sorted(check.seconds for check in alike if check.seconds is not None)
    if not seconds:
        return ""
    least, most = f"{seconds[0]:.1f}", f"{seconds[-1]:.1f}"
    return f" ({most} s)" if least == most else f" ({least} to {most} s)"


def _show_how(rows: Rows, check: HostCheck) -> None:
    if check.method is not None:
        said = "refused" if check.code == "configtest-failed" else "passed"
        rows.row("configtest", f"{said}, {_METHOD.get(check.method, check.method)}")
    if check.trial.validated:
        rows.row("validated", "; ".join(check.trial.validated))
    if check.trial.shadow is not None:
        _show_shadow(rows, check, check.trial.shadow)


def _show_shadow(rows: Rows, check: HostCheck, shadow: Shadow) -> None:
    counts = [f"{shadow.probes[key]} {words}" for key, words in _COUNTS if shadow.probes.get(key)]
    told = f"{shadow.asked} requests: {', '.join(counts) or 'nothing to compare'}"
    if shadow.state == "compared":
        rows.row("shadow", f"both configurations started and asked {told}")
    elif check.code == "shadow-failed":
        rows.row("shadow", f"httpd does not come up with this configuration: {shadow.why}", "red")
    elif shadow.state == "candidate-only":
        rows.row("shadow", f"started; the present configuration was not, beside it: {shadow.why}", "yellow")
        rows.row("", "not checked: whether what works now goes on working", "yellow")
    elif check.changes == 0:
        rows.row("shadow", f"not started: {shadow.why}", "dim")
    else:
        rows.row("shadow", f"not started: {shadow.why}", "yellow")
        rows.row("", "not checked: whether this configuration starts, and what it answers", "yellow")
    for limit in shadow.limits:
        rows.row("note", limit, "yellow")


def _found(check: HostCheck) -> Iterator[tuple[str, str, str]]:
    yield from differences(check.trial)
    yield from findings(check.trial)
    yield from (("warning", text, "yellow") for text in check.warnings)
    yield from (("restart", text, "yellow") for text in check.restart)


def differences(trial: Trial) -> Iterator[tuple[str, str, str]]:
    """Rows (label, text, style) for what the candidate means to httpd that is new."""
    for one in trial.differences[:_MOST]:
        yield "differs", _difference(one), "cyan"
    yield from _rest("differs", len(trial.differences))


def _difference(one: Difference) -> str:
    text = one.text
    if one.before is not None and one.after is not None and one.before not in text:
        text += f" ({one.before} -> {one.after})"
    return text if one.place is None or one.place in text else f"{text} ({one.place})"


def findings(trial: Trial) -> Iterator[tuple[str, str, str]]:
    """Rows (label, text, style) for what is wrong or suspicious, each with what to do."""
    ordered = sorted(trial.findings, key=lambda one: not one.is_error)
    for one in ordered[:_MOST]:
        style = "red" if one.is_error else "yellow"
        yield one.severity, _finding(one), style
        if one.next:
            yield "", f"next: {one.next}", style
    yield from _rest("finding", len(ordered))


def _finding(one: Finding) -> str:
    return one.text if one.place is None or one.place in one.text else f"{one.place}: {one.text}"


def _rest(label: str, count: int) -> Iterator[tuple[str, str, str]]:
    if count > _MOST:
        yield label, f"and {count - _MOST} more", "dim"
