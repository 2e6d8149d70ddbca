"""What the fault matrix writes down. Pure values, and their JSON.

An `Injection` is one fault at one step: the same fault at another step, or on another host, is another one. An
`Outcome` is what became of it: the violations that the oracle found (none, if the promises hold), and how long the host
took until it was on a consistent state again. `document` is what `scripts/faults --json FILE` writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Injection:
    """One fault. `part`: "run" (a whole push) or "agent" (one command of the on-host program).

    `column` is what is done, in the words of docs/reliability.md; `row` the step at which it is done; `kind` the kind
    of that step, under which rows are counted; `host` the host concerned, empty for the control machine.
    """

    part: str
    column: str
    kind: str
    row: str
    host: str = ""

    @property
    def name(self) -> str:
        """The same for the same injection in every run."""
        return f"{self.part}/{self.column}/{self.row}" + (f"@{self.host}" if self.host else "")


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One promise that did not hold: on which host (empty: on the control machine), and what was seen instead."""

    what: str
    detail: str = ""
    host: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one injection.

    `ends` is where each host was at last ("old", "new", "stranded"); `recovery` the seconds from the fault until every
    host was on a consistent state again, None when no host was ever off one; `seconds` the wall time of it all.
    `reached` is False when the step was never met, so that nothing was injected: such a row proves nothing.
    """

    injection: Injection
    violations: tuple[Violation, ...] = ()
    ends: dict[str, str] = field(default_factory=dict)
    code: int | None = None
    recovery: float | None = None
    seconds: float = 0.0
    reached: bool = True
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"name": self.injection.name, **asdict(self)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Outcome:
        """The reverse of `to_json`."""
        known = {key: item for key, item in value.items() if key != "name"}
        return cls(
            **{
                **known,
                "injection": Injection(**known["injection"]),
                "violations": tuple(Violation(**one) for one in known["violations"]),
            }
        )


def document(outcomes: Iterable[Outcome], about: dict[str, Any]) -> dict[str, Any]:
    """The report of a run; `about` says how it was measured."""
    told = list(outcomes)
    return {
        "schema": 1,
        **about,
        "injections": sum(one.reached for one in told),
        "distinct": len({one.injection.name for one in told if one.reached}),
        "not_reached": sum(not one.reached for one in told),
        "violations": sum(len(one.violations) for one in told),
        "outcomes": [one.to_json() for one in told],
    }
