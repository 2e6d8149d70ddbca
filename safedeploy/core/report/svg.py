"""Drawings as SVG, with classes that the page gives its colours: light, dark and on paper. Pure.

Every drawing has a title and a description for those who cannot see it, and tells nothing by colour alone. Texts are
escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

WIDTH = 960
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment that is marked with a number; `label` tells what it was in the list below."""

    at: float
    number: int
    label: str


class Canvas:
    """Collects elements; `drawing` gives the whole."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._elements: list[str] = []

    def rect(self, x: float, y: float, size: tuple[float, float], kind: str, tip: str = "") -> None:
        """A rectangle of a width and a height; `tip` is told on hovering."""
        told = f"<title>{escape(tip)}</title>" if tip else ""
        width, height = (_n(max(0.0, one)) for one in size)
        place = f'x="{_n(x)}" y="{_n(y)}" width="{width}" height="{height}"'
        self._elements.append(f'<rect class="{kind}" {place}>{told}</rect>')

    def line(self, x: float, y: float, to_x: float, to_y: float, kind: str) -> None:
        """A straight line."""
        self._elements.append(f'<line class="{kind}" x1="{_n(x)}" y1="{_n(y)}" x2="{_n(to_x)}" y2="{_n(to_y)}"/>')

    def text(self, x: float, y: float, text: str, kind: str = "label", anchor: str = "start") -> None:
        """A text, at its base line."""
        self._elements.append(
            f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def path(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """Straight lines from point to point."""
        if points:
            inside = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
            self._elements.append(f'<path class="{kind}" d="M{inside}"/>')

    def mark(self, x: float, top: float, bottom: float, number: int) -> None:
        """A numbered moment."""
        self.line(x, top, x, bottom, "mark")
        self._elements.append(f'<circle class="mark-dot" cx="{_n(x)}" cy="{_n(top)}" r="8"/>')
        self.text(x, top + 4, str(number), "mark-number", "middle")

    def drawing(self, name: str, title: str, description: str) -> str:
        """The SVG element, with its words for who cannot see it."""
        return (
            f'<svg viewBox="0 0 {_n(self.width)} {_n(self.height)}" role="img" aria-labelledby="{name}-t {name}-d">'
            f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
            f"{''.join(self._elements)}</svg>"
        )


@dataclass(frozen=True, kw_only=True)
class TimeAxis:
    """Seconds since 1970 along the width of a drawing, from `left` to `right`."""

    begin: float
    end: float
    left: float
    right: float

    def x(self, at: float) -> float:
        """Where a moment is, kept within the drawing."""
        part = (at - self.begin) / max(1e-9, self.end - self.begin)
        return self.left + min(1.0, max(0.0, part)) * (self.right - self.left)

    def ticks(self, most: int = 8) -> Iterable[tuple[float, str]]:
        """Round moments with their texts, in UTC."""
        length = self.end - self.begin
        step = next((one for one in _STEPS if length / one <= most), 86400 * math.ceil(length / 86400 / most))
        form = "%H:%M:%S" if step < 60 else "%H:%M" if length < 86400 else "%m-%d %H:%M"
        at = math.ceil(self.begin / step) * step
        while at <= self.end:
            yield at, datetime.fromtimestamp(at, UTC).strftime(form)
            at += step

    def draw(self, canvas: Canvas, top: float, bottom: float) -> None:
        """Grid lines with their texts below."""
        for at, text in self.ticks():
            canvas.line(self.x(at), top, self.x(at), bottom, "grid")
            canvas.text(self.x(at), bottom + 16, text, "label", "middle")


def scale(most: float) -> tuple[float, float]:
    """(end, step) of a scale of amounts that holds `most`, with four steps or so."""
    if most <= 0:
        return 1.0, 1.0
    raw = most / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= raw)
    return step * math.ceil(most / step - 1e-9), step


def amount(number: float) -> str:
    """A number as a scale has it."""
    return f"{number:g}"


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
