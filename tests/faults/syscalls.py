"""The steps of a program as strace sees them, and the words that make strace inject a fault at one of them. Pure.

strace counts the calls of each name by themselves, failed ones included (`when=` of `-e inject=`). Without -f it
follows the main thread alone: neither httpd nor the dead-man is hit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

NAMES = ("rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "symlink", "symlinkat")
NAMES += ("link", "linkat", "fchmod", "chmod", "fchmodat", "fchown", "fchownat", "ftruncate")
DATA, SYNC = ("write", "pwrite64"), ("fsync", "fdatasync")
STARTS = ("vfork", "fork", "clone", "clone3")
FOLLOWED = ("openat", *NAMES, *DATA, *SYNC, *STARTS)
GROWS = ("mkdir", "mkdirat", "symlink", "symlinkat", "link", "linkat", *DATA)
CHANGE, PROGRAM, ANSWER = "a change of the disk", "a program is started", "an answer is ready"
_LINE = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+|\?)")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call that matters: its name, the how-manieth of that name it is, and how many of each came before.

    `turn` counts only those that matter, so that it is the same however many files Python reads.
    """

    name: str
    number: int
    turn: int
    about: str
    kind: str
    before: dict[str, int] = field(default_factory=dict, compare=False)

    @property
    def point(self) -> str:
        """Its name in a record: the same in every run."""
        return f"{self.name}#{self.turn}"


def steps(log: str, tops: Sequence[str]) -> list[Step]:
    """The steps of a program whose trace this is: changes below `tops`, programs that it starts, and its answer."""
    counts: dict[str, int] = {}
    found: list[Step] = []
    for line in log.splitlines():
        match = _LINE.match(line)
        if not match:
            continue
        name, words, result = match.groups()
        before = dict(counts)
        counts[name] = counts.get(name, 0) + 1
        kind = None if result.startswith("-") else _kind(name, words, tops)
        if kind:
            found.append(
                Step(
                    name=name,
                    number=counts[name],
                    turn=1 + sum(one.name == name for one in found),
                    about=_about(words),
                    kind=kind,
                    before=before,
                )
            )
    return found


def _kind(name: str, words: str, tops: Sequence[str]) -> str | None:
    if name in STARTS:
        return PROGRAM
    if name in DATA and "<pipe:" in words:
        return ANSWER if "safedeploy" in words else None
    if not any(top in words for top in tops) or "/lock" in words:
        return None
    if name == "openat" and not ("O_CREAT" in words and ("O_EXCL" in words or "O_TRUNC" in words)):
        return None
    return CHANGE


def _about(words: str) -> str:
    named = re.findall(r'"([^"]*)"|</([^>]*)>', words)
    return " ".join(a or f"/{b}" for a, b in named)[:160]


def killed_at(step: Step) -> list[str]:
    """SIGKILL instead of the step."""
    return _words([f"{step.name}:signal=SIGKILL:when={step.number}"])


def failing_from(step: Step, error: str, names: Iterable[str]) -> list[str]:
    """Every call of these names fails from the step on; of opening, which reading needs too, the step alone."""
    injected = [f"{name}:error={error}:when={step.before.get(name, 0) + 1}+" for name in names]
    if step.name == "openat":
        injected.append(f"openat:error={error}:when={step.number}")
    return _words(injected)


def _words(injected: Sequence[str]) -> list[str]:
    return [word for one in injected for word in ("-e", f"inject={one}")]


def was_hit(log: str) -> bool:
    """Whether the step was met."""
    return "(INJECTED)" in log or "killed by SIGKILL" in log
