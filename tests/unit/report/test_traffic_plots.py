"""Many hosts are few rows, and no host that fails is hidden among those that are well."""

from __future__ import annotations

from safedeploy.core.report.traffic_plots import MOST_ROWS, Point, folded


def series(*, broken=(), share=0.5):
    """An hour of a request a second, in minutes; those within `broken` fail in part."""
    return [Point(at=60.0 * n, requests=60, errors=int(60 * share) if n in broken else 0) for n in range(60)]


def fleet(number, broken, **how):
    return {f"web{n:03}": series(broken=broken if n <= 30 else (), **how) for n in range(1, number + 1)}


def test_few_hosts_have_a_row_each():
    assert [name for name, _ in folded(fleet(3, range(20, 30)))] == ["web001", "web002", "web003"]


def test_hosts_that_went_alike_are_one_row_and_those_that_fail_come_first():
    rows = folded(fleet(200, range(20, 30)))
    assert [name for name, _ in rows] == ["web001 and 29 alike", "web031 and 169 alike"]
    assert [sum(one.errors for one in points) for _, points in rows] == [30 * 10 * 30, 0]


def test_a_host_that_failed_at_another_time_has_a_row_of_its_own():
    rows = folded({**fleet(200, range(20, 30)), "late": series(broken=range(40, 45))})
    assert "late" in [name for name, _ in rows]


def test_hosts_of_which_each_went_its_own_way_are_no_more_rows_than_can_be_read():
    every = {f"web{n:03}": series(broken=[5 * p for p in range(12) if n >> p & 1]) for n in range(1, 201)}
    rows = folded(every)
    assert len(rows) == MOST_ROWS
    assert rows[-1][0].endswith("more together")
    assert sum(one.requests for _, points in rows for one in points) == 200 * 3600
