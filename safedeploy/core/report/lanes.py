"""A rollout as lanes: which host was at what, from when to when. Hosts that went alike share a lane. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from safedeploy.core.history import Event
from safedeploy.core.report.svg import WIDTH, Canvas, TimeAxis

MOST_LANES = 30
_LEFT, _RIGHT, _ROW = 190.0, WIDTH - 110.0, 22.0
_PHASES = ("preflight", "rollout", "settle")
GOOD_ENDS = ("confirmed", "unchanged")


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a host was at, in seconds since 1970."""

    phase: str
    text: str
    began: float
    ended: float
    ok: bool


@dataclass(frozen=True, kw_only=True)
class Lane:
    """The hosts that took these steps; the times are those of the first of them."""

    hosts: tuple[str, ...]
    steps: tuple[Step, ...]
    end: str

    @property
    def name(self) -> str:
        """As it is written beside the lane."""
        return self.hosts[0] if len(self.hosts) == 1 else f"{self.hosts[0]} and {len(self.hosts) - 1} alike"


def lanes(events: Iterable[Event]) -> tuple[Lane, ...]:
    """The lanes of a run, in the order in which hosts ended their first step of the rollout."""
    last: dict[str, float] = {}
    entered: dict[str, float] = {}
    newest = 0.0
    steps: dict[str, list[Step]] = {}
    ends: dict[str, str] = {}
    for event in sorted(events, key=lambda one: (one.at, one.seq)):
        at = event.at.timestamp()
        if event.kind == "phase":
            entered[event.phase] = at
        elif event.kind == "host-ended" and event.host:
            ends[event.host] = event.result
        elif event.kind == "host" and event.host and event.phase in _PHASES:
            mine = steps.setdefault(event.host, [])
            begin = max(last.get(event.host, 0.0), entered.get(event.phase, at))
            if event.phase == "rollout" and (not mine or mine[-1].phase != "rollout"):
                begin = max(begin, min(newest, at))  # it waited for the batch before
            ok = event.result in ("ok", "running", "")
            mine.append(Step(phase=event.phase, text=event.text, began=min(begin, at), ended=at, ok=ok))
            last[event.host] = at
            newest = max(newest, at) if event.phase == "rollout" else newest
    found = [Lane(hosts=(host,), steps=tuple(mine), end=ends.get(host, "")) for host, mine in steps.items()]
    return _folded(sorted(found, key=_order))


def draw(found: tuple[Lane, ...], begin: datetime, end: datetime) -> str:
    """The lanes as a drawing; what failed is hatched as well as red."""
    top = 12.0
    bottom = top + _ROW * len(found)
    canvas = Canvas(WIDTH, bottom + 28)
    axis = TimeAxis(begin=begin.timestamp(), end=max(end.timestamp(), begin.timestamp() + 1), left=_LEFT, right=_RIGHT)
    axis.draw(canvas, top, bottom)
    for number, lane in enumerate(found):
        y = top + _ROW * number
        canvas.text(_LEFT - 8, y + 15, lane.name[:28], "label", "end")
        for step in lane.steps:
            left, width = axis.x(step.began), axis.x(step.ended) - axis.x(step.began)
            kind = f"step step-{step.phase}" if step.ok else "step step-failed"
            seconds = step.ended - step.began
            tip = f"{step.phase}: {step.text} ({seconds:.1f} s)"
            canvas.rect(left, y + 3, (max(2.0, width), _ROW - 6), kind, tip)
            if not step.ok:
                canvas.text(left + max(2.0, width) / 2, y + 15, "x", "cross", "middle")
        canvas.text(_RIGHT + 8, y + 15, lane.end, "label" if lane.end in GOOD_ENDS else "label-bad")
    failed = [lane.name for lane in found if lane.end not in GOOD_ENDS]
    return canvas.drawing(
        "rollout",
        "The rollout by host and phase",
        f"{sum(len(lane.hosts) for lane in found)} hosts; not confirmed: {', '.join(failed) or 'none'}.",
    )


def _order(lane: Lane) -> tuple[float, str]:
    first = next((step.ended for step in lane.steps if step.phase == "rollout"), float("inf"))
    return first, lane.hosts[0]


def _folded(found: list[Lane]) -> tuple[Lane, ...]:
    """As they are while they are few; else one lane for all that took the same steps and ended alike."""
    if len(found) <= MOST_LANES:
        return tuple(found)
    groups: dict[tuple[object, ...], Lane] = {}
    for lane in found:
        key = (lane.end, *((step.phase, step.ok, step.text if not step.ok else "") for step in lane.steps))
        known = groups.get(key)
        groups[key] = lane if known is None else replace(known, hosts=(*known.hosts, *lane.hosts))
    return tuple(groups.values())[:MOST_LANES]
