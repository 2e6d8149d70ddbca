"""The rows of the last screen that tell what visitors got."""

from __future__ import annotations

import io

from rich.console import Console

from safedeploy.cli.traffic_view import show_traffic
from safedeploy.core.traffic import BatchTraffic, NewKind, Workers


def shown(*batches, width=1000):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    show_traffic(console, batches)
    return console.file.getvalue()


def batch(**more):
    line = "web1: 418 requests, 0.2 % 5xx (before 0.1 %; unchanged hosts 0.2 %): go"
    return BatchTraffic(hosts=("web1",), verdict="go", action="went on", why="", line=line, **more)


def test_a_batch_is_one_row():
    assert shown(batch()).splitlines() == [
        "",
        "  traffic     web1: 418 requests, 0.2 % 5xx (before 0.1 %; unchanged hosts 0.2 %): go",
    ]


def test_nothing_is_shown_when_nobody_looked():
    assert shown() == ""


def test_what_else_was_seen_has_rows_of_its_own():
    kind = NewKind(key="AH01276", level="error", count=3, sample="Cannot serve directory")
    text = shown(
        batch(
            warnings=("it is slower",),
            signatures=(kind,),
            workers={"web1": Workers(busy=150, idle=0, served=9), "web2": Workers(busy=3, idle=9, served=9)},
            notes=("web1: /log was truncated",),
        )
    )
    assert [line.strip() for line in text.splitlines()[2:]] == [
        "warning: it is slower",
        "new in the error log: AH01276 (error, 3 times): Cannot serve directory",
        "web1: all 150 workers are busy",
        "not counted: web1: /log was truncated",
    ]
