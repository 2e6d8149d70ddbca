"""The linter's findings on the screen: each with its line and a caret, and what to do; then the sum."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console

from safedeploy.cli.screen import say
from safedeploy.core import counted
from safedeploy.lint.finding import Finding, Severity
from safedeploy.lint.outcome import Outcome, Placed
from safedeploy.lint.outcome import counted as in_words

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
MOST_HOSTS = 5
MOST_PLACES = 3


def show(console: Console, outcome: Outcome) -> None:
    """Everything, in the order of the files."""
    for placed in outcome.findings:
        _show_one(console, placed)
    for rule, error in outcome.failed:
        say(
            console, f"rule {rule} failed, and found nothing because of that: {error} (a fault of safedeploy)", "yellow"
        )
    say(console, _sum(outcome), _style(outcome.findings))


def show_stage(console: Console, outcome: Outcome, environment: str) -> None:
    """What a plan or push shows of findings that do not refuse: one line."""
    told = [one for one in outcome.findings if one.finding.severity is not Severity.INFO]
    if told:
        places = list(dict.fromkeys(f"{one.finding.rule} at {one.place}" for one in told))
        more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
        say(
            console,
            f"lint: {in_words(outcome)}: {', '.join(places[:MOST_PLACES])}{more}; "
            f"`safedeploy lint {environment}` shows all",
            "yellow",
        )
    for rule, error in outcome.failed:
        say(console, f"lint: rule {rule} failed, and found nothing because of that: {error}", "yellow")


def _show_one(console: Console, placed: Placed) -> None:
    finding = placed.finding
    style = STYLES[finding.severity]
    say(console, f"{placed.place}: {finding.severity.value}[{finding.rule}]: {finding.message}", style)
    if placed.text.strip():
        text, mark = marked(placed.text, finding)
        say(console, f"    {text}")
        say(console, f"    {mark}", style)
    say(console, f"  remedy: {finding.remedy}")
    for related in finding.related:
        say(console, f"  see:    {related.position.path}:{related.position.line}: {related.text}")
    if placed.hosts:
        say(console, f"  hosts:  {_hosts(placed.hosts)}{_rendered(placed)}")


def marked(text: str, finding: Finding) -> tuple[str, str]:
    """The line without what it is indented by, and the carets below the part that is meant."""
    bare = text.lstrip()
    position = finding.position
    start = max(position.column - 1 - (len(text) - len(bare)), 0)
    end = position.end_column - 1 - (len(text) - len(bare)) if position.end_line == position.line else len(bare)
    width = max(min(end, len(bare)) - start, 1)
    return bare, " " * min(start, len(bare)) + "^" * width


def _hosts(hosts: tuple[str, ...]) -> str:
    more = f" and {len(hosts) - MOST_HOSTS} more" if len(hosts) > MOST_HOSTS else ""
    return ", ".join(hosts[:MOST_HOSTS]) + more


def _rendered(placed: Placed) -> str:
    position = placed.finding.position
    return "" if placed.file == position.path else f" ({position.path}:{position.line})"


def _sum(outcome: Outcome) -> str:
    files = f"{len(outcome.files)} file{'' if len(outcome.files) == 1 else 's'}"
    where = files
    if outcome.hosts:
        several = f"{outcome.configurations} configuration{'' if outcome.configurations == 1 else 's'}"
        where = f"{several} of {counted.hosts(len(outcome.hosts))}, {files}"
    ignored = f"; {outcome.ignored} ignored on purpose" if outcome.ignored else ""
    return f"{in_words(outcome)} in {where}{ignored}"


def _style(findings: Iterable[Placed]) -> str:
    gravest = min((one.finding.severity for one in findings), key=lambda severity: severity.rank, default=None)
    return "green" if gravest is None else STYLES[gravest]
