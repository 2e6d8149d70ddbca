"""A watch on the screen: whole at any usual width, the hosts that need somebody first."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from safedeploy.cli import watch_view
from safedeploy.core.watch.detector import Counts
from safedeploy.core.watch.fleet import Tick, WatchedFleet


@pytest.fixture
def fleet():
    """Three hosts after ten minutes: one fails, one was not heard for 100 seconds."""
    found = WatchedFleet(("web1", "web2", "web3.example.com"), 10.0, 0.0)
    for number in range(60):
        for host in found.rows:
            if host == "web2" and number > 49:
                continue
            errors = 30 if host == "web3.example.com" and number > 54 else 0
            failed = tuple((client, 1) for client in range(errors))
            counts = Counts(requests=100, errors=errors, failed=failed, clients=tuple(range(5)))
            tick = Tick(at=0.0, every=10.0, sites={"www": counts}, p95={"www": 71.0}, busy=20, idle=130)
            found.take(host, tick, 10.0 * number)
        found.judge(10.0 * number)
    return found


def shown(fleet, width):
    console = Console(file=io.StringIO(), width=width, force_terminal=True, no_color=True, highlight=False)
    console.print(watch_view.table(fleet, 590.0, width))
    return Console().render_str(console.file.getvalue()).plain.splitlines()


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_every_number_is_whole_at_any_width(fleet, width):
    lines = [line.replace("\x1b[1m", "").replace("\x1b[0m", "") for line in shown(fleet, width)]
    assert max(len(line.rstrip()) for line in lines) <= width
    assert "…" not in "".join(lines)
    assert [line.split()[0] for line in lines[1:]] == ["web3.example.com", "web1", "web2"]
    assert all("20/150" in line and "71 ms" in line for line in lines[1:])
    assert "silent 100 s" in lines[3]


def test_the_last_minute_is_told_in_a_line(fleet):
    assert watch_view.line(fleet, 590.0).endswith("2 of 3 hosts heard, 30.0 requests/s, 5xx 8.3 %, 1 alert open")


def test_a_graph_is_as_wide_as_asked_and_its_highest_bar_is_full():
    assert watch_view.graph([0, 5, 10], 10, 5) == "   ▄█"
