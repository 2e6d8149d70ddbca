"""How the host looks after changed files of other services: what validates them, and what is reloaded. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safedeploy.core.tree import canonical


@dataclass(frozen=True, kw_only=True)
class LookedAfter:
    """One path: the command that judges it on the host, and what is told to read it; None where there is none.

    `reason` says why a file that would be validated is not.
    """

    path: str
    validator: str | None = None
    reload: str | None = None
    reason: str | None = None

    @property
    def text(self) -> str:
        """What a plan says of it; empty when there is nothing to say."""
        parts = [f"validated on the host by {self.validator}"] if self.validator else []
        parts += [f"not validated: {self.reason}"] if self.reason else []
        parts += [self.reload] if self.reload else []
        return "; ".join(parts)


def services_digest(services: Mapping[str, Any]) -> str:
    """The text by which two declarations are told apart; empty for none."""
    return hashlib.sha256(canonical(dict(services))).hexdigest() if services else ""
