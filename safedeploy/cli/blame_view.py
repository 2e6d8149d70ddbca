"""Who set what is live: a table of files, or the lines of one as `git blame` has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from safedeploy.cli.history_view import commit, when
from safedeploy.cli.screen import plain, say
from safedeploy.core.blamed import Blamed, fold
from safedeploy.core.history import Run
from safedeploy.core.line_history import Origin, Source
from safedeploy.workflows.blame import Answer

_WORDS = {
    Origin.BY_HAND: "edited by hand, not recorded",
    Origin.ADOPTED: "before safedeploy (adopted)",
    Origin.OLDER: "before the history began",
}
_STYLE = {Origin.BY_HAND: "yellow", Origin.ADOPTED: "dim", Origin.OLDER: "dim", Origin.UNRECORDED: "yellow"}


def show(console: Console, environment: str, found: Answer, *, whole: bool) -> None:
    """Print it. `whole`: every file with its last change, else the lines of one."""
    files = fold(found.files)
    if whole:
        _show_files(console, files, found.runs, len(found.seen.hosts))
    for one in () if whole else files:
        _show_lines(console, one, found.runs)
    sources = {one.source for one in files} | {line.source for one in files for line in one.lines}
    if {Origin.UNRECORDED, Origin.OLDER} & {source.origin for source in sources}:
        say(console, f"what this history does not have the hosts may know: safedeploy history {environment} --rebuild")
    if not files and found.seen.hosts:
        say(console, "nothing is managed on any host yet; the first push begins it")


def _show_files(console: Console, files: list[Blamed], runs: Mapping[str, Run], total: int) -> None:
    if not files:
        return
    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("file", "hosts", "last change", "commit", "by", "when (UTC)"):
        table.add_column(name, no_wrap=name != "hosts")
    for one in files:
        hosts = "all" if len(one.hosts) == total > 1 else ", ".join(one.hosts)
        table.add_row(plain(one.path), hosts, *_columns(one.source, runs))
    console.print(table)


def _columns(source: Source, runs: Mapping[str, Run]) -> tuple[Text | str, ...]:
    run = runs.get(source.run or "")
    if source.origin is Origin.RUN and run is not None:
        return run.run, commit(run), plain(run.actor), when(run.started)
    return Text(_words(source), style=_STYLE.get(source.origin, "")), "", "", ""


def _words(source: Source) -> str:
    if source.origin is Origin.UNRECORDED:
        return f"run {source.run} by {source.by}, not in this history"
    return _WORDS.get(source.origin, f"run {source.run}")


def _show_lines(console: Console, one: Blamed, runs: Mapping[str, Run]) -> None:
    say(console, f"{one.path} on {', '.join(one.hosts)}:", "bold")
    if one.note:
        say(console, f"  {one.note}", "yellow")
        say(console, f"  last change: {_lead(one.source, runs)}")
        return
    leads = {line.source: _lead(line.source, runs) for line in one.lines}
    width = max(map(len, leads.values()), default=0)
    digits = len(str(len(one.lines)))
    for number, line in enumerate(one.lines, start=1):
        text = f"{leads[line.source]:<{width}}  {number:>{digits}}) {plain(line.text)}"
        console.print(Text(text.rstrip(), style=_STYLE.get(line.source.origin, "")), soft_wrap=True)
    console.print()


def _lead(source: Source, runs: Mapping[str, Run]) -> str:
    run = runs.get(source.run or "")
    if source.origin is Origin.RUN and run is not None:
        return f"{run.run} {commit(run):<9} ({plain(run.actor)} {when(run.started)[:10]})"
    return plain(_words(source))


def document(environment: str, found: Answer) -> dict[str, Any]:
    """`safedeploy blame --json`."""
    return {
        "format": "safedeploy-blame",
        "version": 1,
        "environment": environment,
        "files": [
            {
                "path": one.path,
                "hosts": list(one.hosts),
                "note": one.note,
                "last": _source(one.source, found.runs),
                "lines": [
                    {"number": number, "text": line.text, **_source(line.source, found.runs)}
                    for number, line in enumerate(one.lines, start=1)
                ],
            }
            for one in fold(found.files)
        ],
        "unreachable": dict(found.seen.missing),
    }


def _source(source: Source, runs: Mapping[str, Run]) -> dict[str, Any]:
    run = runs.get(source.run or "")
    return {
        "origin": source.origin.value,
        "run": source.run,
        "command": run and run.command,
        "commit": run and run.commit,
        "actor": run.actor if run else source.by,
        "at": run.started.isoformat() if run else source.since,
    }
