"""The screens of the history: the list of runs, and who set what is live."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from rich.console import Console

from safedeploy.cli import blame_view, history_view
from safedeploy.core.blamed import Blamed
from safedeploy.core.history import Made, Run
from safedeploy.core.line_history import Line, Origin, Source
from safedeploy.workflows.blame import Answer
from safedeploy.workflows.history import Listed
from safedeploy.workflows.observe import Seen

RUN = Run(
    run="20260301T120000Z-abc123",
    environment="prod",
    project="www",
    command="push",
    actor="anna@ops",
    started=datetime(2026, 3, 1, 12, tzinfo=UTC),
    ended=datetime(2026, 3, 1, 12, 1, tzinfo=UTC),
    exit_code=0,
    summary="3 confirmed",
    reason="new header",
    commit="3f2a1b9c" * 5,
    dirty=True,
)
BY_RUN = Source(origin=Origin.RUN, run=RUN.run)


def screen(view, *values, **how):
    file = io.StringIO()
    view(Console(file=file, width=10_000, highlight=False), *values, **how)
    return file.getvalue()


def listed(*runs):
    return screen(history_view.show, "prod", Listed(runs=runs, summaries={run.run: run.summary for run in runs}))


def test_a_run_is_one_line():
    _, line, _ = listed(RUN).splitlines()
    assert line.split() == [
        "2026-03-01", "12:00:00", "20260301T120000Z-abc123", "push", "anna@ops", "3f2a1b9c*", "3", "confirmed",
        "new", "header",
    ]  # fmt: skip


def test_a_rebuilt_run_says_so_and_an_empty_list_says_why():
    rebuilt = Run(**{**{name: getattr(RUN, name) for name in Run.__dataclass_fields__}, "made": Made.REBUILT})
    assert "3 confirmed (rebuilt)" in listed(rebuilt)
    assert "no run of prod is recorded" in listed()


def blamed(*files, whole=False, hosts=()):
    seen = Seen(hosts=dict.fromkeys(hosts), missing={})
    answer = Answer(files=files, runs={RUN.run: RUN}, seen=seen)
    return screen(blame_view.show, "prod", answer, whole=whole)


def test_lines_have_their_run_commit_person_and_day_and_equal_hosts_are_one():
    lines = (
        Line(text="ServerName a", source=BY_RUN),
        Line(text="LogLevel debug\x1b[31m", source=Source(origin=Origin.BY_HAND)),
        Line(text="Listen 80", source=Source(origin=Origin.ADOPTED)),
    )
    files = [Blamed(path="/etc/a.conf", hosts=(host,), source=BY_RUN, lines=lines) for host in ("web1", "web2")]
    assert blamed(*files).splitlines() == [
        "/etc/a.conf on web1, web2:",
        "20260301T120000Z-abc123 3f2a1b9c* (anna@ops 2026-03-01)  1) ServerName a",
        "edited by hand, not recorded                             2) LogLevel debug",
        "before safedeploy (adopted)                              3) Listen 80",
        "",
    ]


def test_every_file_has_its_last_change_and_what_the_history_lacks_has_a_next_step():
    missing = Source(origin=Origin.UNRECORDED, run="20260302T120000Z-abc124", by="ben@ci", since="2026-03-02")
    files = (
        Blamed(path="/etc/a", hosts=("web1",), source=BY_RUN),
        Blamed(path="/etc/b", hosts=("web1",), source=missing),
    )
    told = blamed(*files, whole=True, hosts=("web1",))
    assert "/etc/a  web1   20260301T120000Z-abc123" in told
    assert "run 20260302T120000Z-abc124 by ben@ci, not in this history" in told
    assert "safedeploy history prod --rebuild" in told


def test_a_file_without_lines_says_why():
    told = blamed(Blamed(path="/etc/key", hosts=("web1",), source=BY_RUN, note="not shown: the content is secret"))
    assert "not shown: the content is secret" in told
    assert "last change: 20260301T120000Z-abc123" in told
