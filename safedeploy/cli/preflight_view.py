"""What the preflight found, host by host; hosts that found the same are shown once.

For each: how the candidate was tested, what it means to httpd that is new, and every regression as request, before,
after, with the changed lines most likely behind it. What was not checked is said as plainly as what was.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console

from safedeploy.cli.rows import Rows
from safedeploy.cli.screen import say
from safedeploy.cli.verdict_view import has_others, show_cause, show_others
from safedeploy.core import counted
from safedeploy.core.alike import Alike, alike
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
_MOST = 10  # differences and findings of a host; the rest is counted


def show_preflight(console: Console, verdict: Preflight) -> None:
    """Print what was found on the hosts that got as far as trying the candidate."""
    if verdict.ok:
        say(console, f"preflight passed on {counted.hosts(len(verdict.hosts))}", "bold green")
    for number, group in enumerate(group for group in alike(verdict) if _has_something(group.check)):
        if number:
            console.print()
        _show_group(console, group)
    for one in verdict.stale:
        say(console, f"--accept {one}: no host met a regression with this id", "yellow")


def _has_something(check: HostCheck) -> bool:
    return check.ok or bool(check.method or check.trial.shadow or check.trial.findings or check.trial.verdicts)


def _show_group(console: Console, group: Alike) -> None:
    check = group.check
    took = f" ({between(*group.seconds, form='.1f')} s)" if group.seconds else ""
    text = f"{', '.join(group.hosts)}: "
    if check.ok:
        say(console, f"{text}passed{took}", "green")
    elif check.causes:
        number = len({one.request for cause in check.causes for one in cause.verdicts})
        say(console, f"{text}{'1 request gets' if number == 1 else f'{number} requests get'} worse{took}", "bold red")
    else:
        say(console, f"{text}refused ({check.code}){took}", "bold red")
    rows = Rows(console)
    _show_how(rows, group)
    for label, words, style in _found(check):
        rows.row(label, words, style)
    for cause in check.causes:
        console.print()
        show_cause(rows, cause, group.ids)
    if check.causes and has_others(check.trial):
        console.print()
    show_others(rows, check.trial)


def _show_how(rows: Rows, group: Alike) -> None:
    check = group.check
    if check.method is not None:
        said = "refused" if check.code == "configtest-failed" else "passed"
        rows.row("configtest", f"{said}, {_METHOD.get(check.method, check.method)}")
    if check.trial.validated:
        rows.row("validated", "; ".join(check.trial.validated))
    if check.trial.shadow is not None:
        _show_shadow(rows, group, check.trial.shadow)


def _show_shadow(rows: Rows, group: Alike, shadow: Shadow) -> None:
    if shadow.state == "compared":
        rows.row("shadow", f"both configurations started and asked {_counted(group)}")
    elif group.check.code == "shadow-failed":
        rows.row("shadow", f"httpd does not come up with this configuration: {shadow.why}", "red")
    elif shadow.state == "candidate-only":
        rows.row("shadow", f"started; the present configuration was not, beside it: {shadow.why}", "yellow")
        rows.row("", "not checked: whether what works now goes on working", "yellow")
    elif group.check.changes == 0:
        rows.row("shadow", f"not started: {shadow.why}", "dim")
    else:
        rows.row("shadow", f"not started: {shadow.why}", "yellow")
        rows.row("", "not checked: whether this configuration starts, and what it answers", "yellow")
    for limit in shadow.limits:
        rows.row("note", limit, "yellow")


def _counted(group: Alike) -> str:
    counts = [f"{between(*group.counts[key])} {words}" for key, words in _COUNTS if group.counts.get(key, (0, 0))[1]]
    asked = between(*group.counts.get("asked", (0, 0)))
    return f"{asked} requests: {', '.join(counts) or 'nothing to compare'}"


def between(least: float, most: float, form: str = "") -> str:
    """`3`, or `3 to 5`."""
    low, high = format(least, form), format(most, form)
    return low if low == high else f"{low} to {high}"


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
    text = one.text if one.place is None or one.place in one.text else f"{one.place}: {one.text}"
    if one.accepted:
        return f"{text} (accepted)"
    return f"{text}  [{one.id}]" if one.is_error and one.id else text


def _rest(label: str, count: int) -> Iterator[tuple[str, str, str]]:
    if count > _MOST:
        yield label, f"and {count - _MOST} more", "dim"
