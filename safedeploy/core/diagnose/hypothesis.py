"""A hypothesis with its evidence, and what is made of its weight. Pure.

The weight is how well the cause explains what visitors suffer, 0 to 1; it is no probability. Each cause says in its own
file what it adds and takes away, so that a weight can be followed from the sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from safedeploy.core.diagnose.evidence import Evidence

LIKELY, POSSIBLE, UNLIKELY = 0.7, 0.35, 0.1


class Verdict(StrEnum):
    """What is made of a hypothesis; `unknown` where nothing could be looked at."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    RULED_OUT = "ruled-out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Refers:
    """What a hypothesis is about: a run, a rule of the linter, a path or a place (`file:line`)."""

    run: str | None = None
    rule: str | None = None
    path: str | None = None


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """One cause, judged. `weight` None: nothing is known of it. Texts are fit to be shown."""

    id: str
    title: str
    weight: float | None
    speaks_for: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    next_step: str = ""
    refers: Refers = field(default_factory=Refers)

    @property
    def verdict(self) -> Verdict:
        """The weight in a word."""
        if self.weight is None:
            return Verdict.UNKNOWN
        if self.weight >= LIKELY:
            return Verdict.LIKELY
        if self.weight >= POSSIBLE:
            return Verdict.POSSIBLE
        return Verdict.UNLIKELY if self.weight >= UNLIKELY else Verdict.RULED_OUT


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A kind of cause: `noun` names it where it is ruled out, `judge` makes the hypothesis."""

    id: str
    noun: str
    judge: Callable[[Evidence], Hypothesis]


class Scale:
    """Collects evidence: each sentence with what it adds to the weight, or takes away."""

    def __init__(self, weight: float = 0.0) -> None:
        self.weight = weight
        self.speaks_for: list[str] = []
        self.against: list[str] = []

    def add(self, weight: float, text: str) -> None:
        """Evidence for it."""
        self.weight += weight
        self.speaks_for.append(text)

    def take(self, weight: float, text: str) -> None:
        """Evidence against it."""
        self.weight -= weight
        self.against.append(text)

    def judged(
        self, cause: str, title: str, *, hosts: tuple[str, ...] = (), next_step: str = "", refers: Refers | None = None
    ) -> Hypothesis:
        """The hypothesis, its weight between 0 and 0.99: nothing is certain from afar."""
        return Hypothesis(
            id=cause,
            title=title,
            weight=round(min(0.99, max(0.0, self.weight)), 2),
            speaks_for=tuple(self.speaks_for),
            against=tuple(self.against),
            hosts=hosts,
            next_step=next_step,
            refers=refers or Refers(),
        )
