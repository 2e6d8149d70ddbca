"""Requests that are answered otherwise, as text: the regressions with their likely cause, then the others in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from safedeploy.cli.rows import Rows
from safedeploy.core.blame import Cause
from safedeploy.core.changed_lines import Hunk
from safedeploy.core.trial import Judgement, ProbeVerdict, Trial

MOST = 3  # requests of one cause; the rest is counted
MOST_LOG = 3
MOST_IDS = 4

_WORDS = {
    "error": "an error where there was an answer",
    "no-answer": "no answer any more",
    "other-site": "another virtual host answers",
    "other-content": "other content",
    "redirect": "redirected otherwise, or no longer",
    "loop": "redirected for ever",
    "certificate": "the certificate",
    "content-type": "another type of content",
    "header-lost": "a header is lost",
    "tls": "weaker TLS",
    "listing": "a directory listing is now visible",
    "source": "the source of a program is now visible",
    "private": "a private file is now visible",
    "open-proxy": "an open proxy",
    "limit": "a limit is in the way",
    "capacity": "too little capacity",
    "not-logged": "requests are no longer logged",
    "declared-unmet": "not as declared in safedeploy_expect",
}


def show_cause(rows: Rows, cause: Cause, ids: Mapping[str, Sequence[str]] | None = None) -> None:
    """Regressions that have one cause: the first few requests, what httpd said, and the likely lines.

    `ids` has for an id all those of hosts that are shown together with this one.
    """
    requests = cause.requests
    count = f" ({len(requests)} requests)" if len(requests) > 1 else ""
    rows.row("worse", "; ".join(dict.fromkeys(_words(one) for one in cause.verdicts)) + count, "bold red")
    shown = list(requests.items())[:MOST]
    for (request, verdicts), following in zip_longest(shown, shown[1:]):
        rows.row("", f"{request}  [{_ids(verdicts, ids or {})}]", "bold")
        first = verdicts[0]
        if following is None or _answers(following[1][0]) != _answers(first):
            rows.row("", f"before  {first.before}", deeper=2)
            rows.row("", f"after   {first.after}", "red", deeper=2)
    if len(requests) > MOST:
        rows.row("", f"and {len(requests) - MOST} more")
    places = dict.fromkeys(one.place for one in cause.verdicts if one.place)
    if places and not cause.likely:
        rows.row("at", ", ".join(list(places)[:MOST]))
    for line in list(dict.fromkeys(line for one in cause.verdicts for line in one.log))[:MOST_LOG]:
        rows.row("httpd says", line)
    for hunk in cause.likely:
        _show_hunk(rows, hunk)


def _ids(verdicts: Sequence[ProbeVerdict], alike: Mapping[str, Sequence[str]]) -> str:
    every = list(dict.fromkeys(one for verdict in verdicts for one in alike.get(verdict.id, (verdict.id,))))
    return " ".join(every[:MOST_IDS]) + (" ..." if len(every) > MOST_IDS else "")


def _answers(verdict: ProbeVerdict) -> tuple[str, str]:
    return verdict.before, verdict.after


def _words(verdict: ProbeVerdict) -> str:
    if verdict.kind == "authentication":
        asks = verdict.after.startswith("401")
        return "a login is asked for where none was" if asks else "a login is no longer asked for"
    return _WORDS.get(verdict.kind, verdict.kind)


def _show_hunk(rows: Rows, hunk: Hunk) -> None:
    where = hunk.path if hunk.number is None else f"{hunk.path}:{hunk.number}"
    rows.row("likely", where + (f", from {hunk.origin}" if hunk.origin else ""), "bold")
    if hunk.note:
        rows.row("", hunk.note)
    for line in hunk.lines:
        rows.row("", f"{line.sign} {line.text.strip()}", "green" if line.sign == "+" else "red")


def has_others(trial: Trial) -> bool:
    """Whether `show_others` has anything to show."""
    shown = (Judgement.CHANGED, Judgement.INCONCLUSIVE)
    return any(one.accepted or one.judgement in shown for one in trial.verdicts)


def show_others(rows: Rows, trial: Trial) -> None:
    """What does not stand in the way: accepted and merely changed answers, and requests that show nothing."""
    accepted = [one for one in trial.verdicts if one.accepted]
    _list(rows, "accepted", accepted, "yellow")
    _list(rows, "changed", trial.of(Judgement.CHANGED), "cyan")
    reasons: dict[str, list[ProbeVerdict]] = {}
    for one in trial.of(Judgement.INCONCLUSIVE):
        reasons.setdefault(one.after or one.before or one.kind, []).append(one)
    for reason, items in reasons.items():
        more = f" and {len(items) - 1} more" if len(items) > 1 else ""
        rows.row("unclear", f"{items[0].request}{more}: {reason}", "yellow")


def _list(rows: Rows, label: str, items: Sequence[ProbeVerdict], style: str) -> None:
    for one in items[:MOST]:
        rows.row(label, _change(one), style)
    if len(items) > MOST:
        rows.row("", f"and {len(items) - MOST} more", "dim")


def _change(one: ProbeVerdict) -> str:
    return f"{one.request}: {one.before} -> {one.after}"
