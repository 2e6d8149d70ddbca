"""A drill that goes on in a lab: which fault, since when, what was answered. A file in the lab's state directory.

    (none) --start--> begins --> on --passed, or `end`--> (none)

The record is written before anything is broken, so that a drill whose start was killed can be ended too.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.lab.commands import lab_error

FILE = "drill.json"
LAST = "drill.last"  # the fault of the drill before: the next is another one

Trees = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody said that the cause is, how many seconds after the page."""

    cause: str
    seconds: float
    right: bool


@dataclass(frozen=True, kw_only=True)
class Drill:
    """`began` is when the page went out, in seconds since 1970; 0 while the fault is being brought about.

    `before` is each host's tree, path by path, before anything was broken; `lint` and `diagnosis` are what the tool
    says of the broken hosts, kept for the end.
    """

    fault: str
    hosts: tuple[str, ...]
    before: Trees
    began: float = 0.0
    hints: int = 0
    revealed: bool = False
    answers: tuple[Answer, ...] = ()
    lint: tuple[str, ...] | None = None
    diagnosis: tuple[str, ...] | None = None

    def but(self, **changes: Any) -> Drill:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def answered(self, cause: str, now: float) -> Drill:
        """With one more answer."""
        answer = Answer(cause=cause, seconds=now - self.began, right=cause == self.fault)
        return self.but(answers=(*self.answers, answer))

    @property
    def wrong(self) -> tuple[str, ...]:
        """The causes that were named and were not it, in order, each once."""
        return tuple(dict.fromkeys(answer.cause for answer in self.answers if not answer.right))

    @property
    def named(self) -> bool:
        """Whether the cause was named, by the last answer."""
        return bool(self.answers) and self.answers[-1].right


def load(directory: Path) -> Drill:
    """The drill of the lab in that state directory; SafedeployError `drill-none`, `drill-damaged`."""
    known = read(directory)
    if known is None:
        raise _usage("drill-none", "No drill goes on in this lab.", "Begin one: `safedeploy lab drill`.")
    return known


def read(directory: Path) -> Drill | None:
    """The same, or None."""
    try:
        known = json.loads((directory / FILE).read_text())
        del known["schema"]
        lists = {name: None if known[name] is None else tuple(known[name]) for name in ("hosts", "lint", "diagnosis")}
        return Drill(**{**known, **lists, "answers": tuple(Answer(**answer) for answer in known["answers"])})
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise lab_error(
            "drill-damaged",
            f"{directory / FILE} cannot be read: {error}",
            next_step="`safedeploy lab drill end` puts the hosts back without it.",
        ) from error


def write(directory: Path, drill: Drill) -> None:
    """Replace the record atomically."""
    new = directory / f"{FILE}.new"
    new.touch(mode=0o600)
    new.write_text(json.dumps({"schema": 1, **asdict(drill)}) + "\n")
    new.replace(directory / FILE)


def forget(directory: Path, fault: str) -> None:
    """The drill is over."""
    if fault:
        (directory / LAST).write_text(fault + "\n")
    (directory / FILE).unlink(missing_ok=True)


def last(directory: Path) -> str:
    """The fault of the drill before this one, or an empty text."""
    try:
        return (directory / LAST).read_text().strip()
    except OSError:
        return ""


def chosen(faults: Sequence[str], hosts: Sequence[str], *, seed: int, last: str) -> tuple[str, tuple[str, ...]]:
    """A fault that is not the last one, and the hosts that get it: mostly one of them, sometimes all."""
    dice = random.Random(seed)  # noqa: S311 - a drill is to be repeatable, and no secret
    fault = dice.choice([name for name in faults if name != last] or list(faults))
    return fault, hosts_of(hosts, seed=seed)


def hosts_of(hosts: Sequence[str], *, seed: int) -> tuple[str, ...]:
    """Which hosts are broken."""
    dice = random.Random(f"hosts of {seed}")  # noqa: S311 - see above
    return tuple(hosts) if dice.random() < 1 / 3 else (dice.choice(hosts),)


def _usage(code: str, what: str, next_step: str) -> SafedeployError:
    error = lab_error(code, what, next_step=next_step)
    error.exit_code = ExitCode.USAGE
    return error


def on_already() -> SafedeployError:
    """A drill is on."""
    return _usage(
        "drill-on-already",
        "A drill goes on in this lab already.",
        "See how it stands: `safedeploy lab drill status`; or end it: `safedeploy lab drill end`.",
    )
