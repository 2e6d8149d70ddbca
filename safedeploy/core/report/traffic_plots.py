"""Requests and errors over time, with the changes marked: of all hosts together, and of each host as a row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safedeploy.core.report.svg import WIDTH, Canvas, Mark, TimeAxis, amount, scale

LEFT, RIGHT = 56.0, WIDTH - 16.0
MOST_ROWS = 24
_ROW = 18.0
_PARTS = 12
_HOST_LEFT = 190.0
_LEVELS = (0.0, 0.001, 0.01, 0.05, 0.2)


@dataclass(frozen=True, kw_only=True)
class Point:
    """One step: requests and server errors in the seconds from `at` (since 1970) on."""

    at: float
    requests: int
    errors: int


Series = Sequence[Point]


def together(series: Series, step: float, begin: float, end: float, marks: Sequence[Mark]) -> str:
    """Requests a second as a line with its area, and those that failed as bars from below."""
    top, bottom = 28.0, 220.0
    canvas = Canvas(WIDTH, bottom + 28)
    axis = TimeAxis(begin=begin, end=end, left=LEFT, right=RIGHT)
    most, tick = scale(max((one.requests / step for one in series), default=0.0))

    def y(rate: float) -> float:
        return bottom - (bottom - top) * min(1.0, rate / most)

    axis.draw(canvas, top, bottom)
    level = 0.0
    while level <= most + 1e-9:
        canvas.line(LEFT, y(level), RIGHT, y(level), "grid")
        canvas.text(LEFT - 8, y(level) + 4, amount(level), "label", "end")
        level += tick
    canvas.text(8, 16, "requests a second", "label")
    line = [
        point
        for one in series
        for point in ((axis.x(one.at), y(one.requests / step)), (axis.x(one.at + step), y(one.requests / step)))
    ]
    if line:
        canvas.path([(line[0][0], bottom), *line, (line[-1][0], bottom)], "area")
        canvas.path(line, "line")
    for one in series:
        if one.errors:
            left, width = axis.x(one.at), axis.x(one.at + step) - axis.x(one.at)
            height = bottom - y(one.errors / step)
            tip = f"{one.errors} of {one.requests} requests failed"
            canvas.rect(left, bottom - max(2.0, height), (max(1.5, width), max(2.0, height)), "error", tip)
    for mark in marks:
        canvas.mark(axis.x(mark.at), top - 8, bottom, mark.number)
    every, failed = sum(one.requests for one in series), sum(one.errors for one in series)
    return canvas.drawing(
        "traffic",
        "Requests and server errors over time, all hosts together",
        f"{every} requests, {failed} of them answered with a server error. Marked: {told(marks)}.",
    )


def by_host(hosts: Mapping[str, Series], step: float, begin: float, end: float, marks: Sequence[Mark]) -> str:
    """A row for each host or for those that went alike, the worst first; a darker step has a higher share of errors."""
    rows = folded(hosts)
    top = 28.0
    bottom = top + _ROW * len(rows)
    canvas = Canvas(WIDTH, bottom + 50)
    axis = TimeAxis(begin=begin, end=end, left=_HOST_LEFT, right=RIGHT - 70)
    axis.draw(canvas, top, bottom)
    for number, (name, series) in enumerate(rows):
        y = top + _ROW * number
        canvas.text(_HOST_LEFT - 8, y + 13, name[:26], "label", "end")
        for one in series:
            share = one.errors / one.requests if one.requests else 0.0
            kind = f"heat heat-{_level(share)}" if one.requests else "heat heat-none"
            width = max(1.0, axis.x(one.at + step) - axis.x(one.at) - 0.5)
            tip = f"{name}: {one.errors} of {one.requests} requests failed" if one.errors else ""
            canvas.rect(axis.x(one.at), y + 1, (width, _ROW - 2), kind, tip)
        every, failed = sum(one.requests for one in series), sum(one.errors for one in series)
        canvas.text(RIGHT, y + 13, f"{100 * failed / every:.1f} %" if every else "-", "label", "end")
    for mark in marks:
        canvas.mark(axis.x(mark.at), top - 8, bottom, mark.number)
    _key(canvas, bottom + 32)
    worst = rows[0][0] if rows else "none"
    return canvas.drawing(
        "hosts",
        "Share of server errors over time, by host",
        f"{len(hosts)} hosts, the one with most errors first: {worst}. Marked: {told(marks)}.",
    )


def folded(hosts: Mapping[str, Series]) -> list[tuple[str, list[Point]]]:
    """The hosts with most errors first. Where they are many, those that went alike are one row, and the rest is one."""
    order = sorted(hosts, key=lambda name: (-sum(one.errors for one in hosts[name]), name))
    if len(order) <= MOST_ROWS:
        return [(name, list(hosts[name])) for name in order]
    begin = min((one.at for series in hosts.values() for one in series), default=0.0)
    end = max((one.at for series in hosts.values() for one in series), default=0.0)
    groups: dict[tuple[int, ...], list[str]] = {}
    for name in order:
        groups.setdefault(_shape(hosts[name], begin, end), []).append(name)
    alike = list(groups.values())
    shown, rest = (alike, []) if len(alike) <= MOST_ROWS else (alike[: MOST_ROWS - 1], alike[MOST_ROWS - 1 :])
    rows = [(_name(names), _sum([hosts[name] for name in names])) for names in shown]
    left = [name for names in rest for name in names]
    return [*rows, (f"{len(left)} more together", _sum([hosts[name] for name in left]))] if left else rows


def _shape(series: Series, begin: float, end: float) -> tuple[int, ...]:
    """When a host had errors and of which share, coarsely: the level in each part of the time."""
    width = max(1.0, (end - begin) / _PARTS)
    sums = [[0, 0] for _ in range(_PARTS)]
    for one in series:
        part = sums[min(_PARTS - 1, int((one.at - begin) / width))]
        part[0] += one.requests
        part[1] += one.errors
    return tuple(_level(errors / requests) if requests else -1 for requests, errors in sums)


def _name(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0][:14]} and {len(names) - 1} alike"


def _sum(every: Sequence[Series]) -> list[Point]:
    found: dict[float, list[int]] = {}
    for one in (one for series in every for one in series):
        row = found.setdefault(one.at, [0, 0])
        row[0] += one.requests
        row[1] += one.errors
    return [Point(at=at, requests=row[0], errors=row[1]) for at, row in sorted(found.items())]


def told(marks: Sequence[Mark]) -> str:
    """The marks in words."""
    return "; ".join(f"{mark.number}: {mark.label}" for mark in marks) or "nothing"


def _level(share: float) -> int:
    return sum(share > one for one in _LEVELS)


def _key(canvas: Canvas, y: float) -> None:
    texts = ("no errors", "0.1 %", "1 %", "5 %", "20 %", "more")
    canvas.text(_HOST_LEFT - 8, y + 11, "share of errors up to", "label", "end")
    for number, text in enumerate(texts):
        x = _HOST_LEFT + number * 96
        canvas.rect(x, y, (14, 14), f"heat heat-{number}")
        canvas.text(x + 20, y + 11, text, "label")
