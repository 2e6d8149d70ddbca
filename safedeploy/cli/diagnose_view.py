"""A diagnosis as text: the cause first, or that none is clear; then what else may be, and what it is not."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console

from safedeploy.cli.rows import Rows
from safedeploy.cli.screen import plain, say, say_whole
from safedeploy.core.diagnose import wording
from safedeploy.core.diagnose.causes import CAUSES
from safedeploy.core.diagnose.diagnosis import Diagnosis
from safedeploy.core.diagnose.evidence import Symptom, Trouble
from safedeploy.core.diagnose.hypothesis import Hypothesis, Verdict

_NOUNS = {cause.id: cause.noun for cause in CAUSES}
_MOST_NOTES = 8


def show(console: Console, diagnosis: Diagnosis) -> None:
    """Print all of it, what to do at the end of each."""
    _headline(console, diagnosis)
    trouble = diagnosis.trouble
    rows = Rows(console)
    rows.row("visitors", visitors(trouble, diagnosis))
    console.print()
    for one in _worth_telling(diagnosis):
        _show(console, one, named=one is diagnosis.named)
    _show_ruled_out(console, diagnosis)
    for note in diagnosis.notes[:_MOST_NOTES]:
        say(console, f"note: {note}", "yellow")
    if len(diagnosis.notes) > _MOST_NOTES:
        say(console, f"note: and {len(diagnosis.notes) - _MOST_NOTES} more (--json has all)", "yellow")


def _headline(console: Console, diagnosis: Diagnosis) -> None:
    named = diagnosis.named
    if named is not None:
        what = f": {named.refers.path}" if named.refers.path else ""
        say(console, f"cause: {named.title}{what} ({named.weight:.2f})", "bold red")
    elif diagnosis.trouble is None:
        say(console, "no trouble is seen, and no cause is named", "bold green")
    else:
        say(console, "no cause is clear enough to be named", "bold yellow")


def visitors(trouble: Trouble | None, diagnosis: Diagnosis) -> str:
    """What visitors suffer, in a sentence or two."""
    if trouble is None:
        return f"neither errors nor slow answers stand out in the logs since {_clock(diagnosis.since)}"
    where = wording.hosts(trouble.hosts)
    if trouble.symptom is Symptom.DOWN:
        since = f"; the last request was answered about {_clock(trouble.began)}" if trouble.began else ""
        return f"get no answer from {where}{since}"
    if trouble.began is None:
        when = f"all the time since {_clock(diagnosis.since)}"
    elif trouble.ended is None:
        when = f"since {_clock(trouble.began)} ({wording.ago(diagnosis.until - trouble.began)} ago)"
    else:
        when = f"from {_clock(trouble.began)} to {_clock(trouble.ended)}"
    before = "" if trouble.began is None else f"; before: {wording.share(trouble.usual)}"
    return (
        f"{trouble.symptom.value} on {where} {when}: {trouble.bad} of {trouble.requests} requests, "
        f"{wording.share(trouble.share)}{before}"
    )


def _worth_telling(diagnosis: Diagnosis) -> list[Hypothesis]:
    return [one for one in diagnosis.hypotheses if one.verdict in (Verdict.LIKELY, Verdict.POSSIBLE)]


def _show(console: Console, one: Hypothesis, *, named: bool) -> None:
    style = "bold red" if named else "bold" if one.verdict is Verdict.LIKELY else ""
    say(console, f"{one.verdict.value}: {one.title} ({one.weight:.2f})", style)
    rows = Rows(console)
    for number, text in enumerate(one.speaks_for):
        rows.row("for" if number == 0 else "", text)
    for number, text in enumerate(one.against):
        rows.row("against" if number == 0 else "", text)
    if one.refers.rule:
        rows.row("rule", f"{one.refers.rule}: `safedeploy explain {one.refers.rule}`")
    if one.next_step:
        say_whole(console, plain(f"  {'next':<12}{one.next_step}"))
    console.print()


def _show_ruled_out(console: Console, diagnosis: Diagnosis) -> None:
    told = {one.id for one in _worth_telling(diagnosis)}
    unknown = [one for one in diagnosis.hypotheses if one.verdict is Verdict.UNKNOWN]
    rest = [one for one in diagnosis.hypotheses if one.id not in told and one not in unknown]
    rows = Rows(console)
    if rest:
        seen = diagnosis.trouble is not None
        say(console, "it is not, as far as can be seen:" if seen else "what was looked at:", "bold")
        for one in rest:
            why = one.against[0] if one.against else one.speaks_for[0] if one.speaks_for else ""
            rows.row("", f"{_NOUNS[one.id]}: {why}" if why else _NOUNS[one.id])
    if unknown:
        say(console, "nothing is known of:", "bold")
        for one in unknown:
            rows.row("", f"{_NOUNS[one.id]}: {one.against[0] if one.against else ''}")


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
