"""What a person accepts at a push beforehand: regressions by their ids, with who and why, for the record. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from safedeploy.core.errors import ExitCode, SafedeployError

ALL = "all"
_ID = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """The ids of the accepted regressions, or `all` of them. `reason` is the push's, also when nothing is accepted."""

    ids: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """The form that is kept in a release's provenance."""
        return {"ids": list(self.ids), "by": self.by, "reason": self.reason}

    def stale(self, met: Iterable[str]) -> tuple[str, ...]:
        """The ids that no host met: mistyped, or of a regression that is no more."""
        known = set(met)
        return tuple(one for one in self.ids if one != ALL and one not in known)


def accepted_ids(given: Sequence[str]) -> tuple[str, ...]:
    """Ids as they were typed, checked and without duplicates. Raises SafedeployError `accept-invalid`."""
    ids = dict.fromkeys(part.strip().lower() for item in given for part in item.split(","))
    wrong = [one for one in ids if one != ALL and not _ID.fullmatch(one)]
    if wrong:
        raise SafedeployError(
            "accept-invalid",
            f"--accept {wrong[0]}: not the id of a regression, which has 8 hex digits",
            next_step="Give an id that `safedeploy check` shows beside a regression, or `--accept all`.",
            exit_code=ExitCode.USAGE,
        )
    return tuple(ids)
