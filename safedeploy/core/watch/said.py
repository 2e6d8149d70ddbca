"""What a watch tells: a trouble that has opened or closed, with all that is known of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from safedeploy.core.diagnose.diagnosis import Diagnosis
from safedeploy.core.diagnose.evidence import Change
from safedeploy.core.watch.fleet import Trouble


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing that is told: what opened or closed, with all that is known of it.

    `later`: it was told before that this has opened, and its cause has become clear since.
    """

    trouble: Trouble
    headline: str
    lines: tuple[str, ...]
    next_step: str
    change: Change | None = None
    diagnosis: Diagnosis | None = None
    later: bool = False

    def to_json(self) -> dict[str, Any]:
        """As in docs/json.md."""
        spike = self.trouble.spike
        return {
            "at": datetime.fromtimestamp(self.trouble.at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "what": "explained" if self.later else "opened" if self.trouble.opened else "closed",
            "kind": self.trouble.kind.value,
            "site": self.trouble.site,
            "hosts": list(self.trouble.hosts),
            "text": self.headline,
            "lines": list(self.lines),
            "next": self.next_step,
            "share": None if spike is None else round(spike.share, 4),
            "usual": None if spike is None else round(spike.usual, 4),
            "odds": None if spike is None else spike.odds,
            "change": None if self.change is None else self.change.run,
            "cause": None if self.diagnosis is None or self.diagnosis.named is None else self.diagnosis.named.id,
        }
