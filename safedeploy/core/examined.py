"""What a host said of the candidate when it was asked for a plan: configtest and effective configuration. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.trial import MOST, Difference, Finding, Hide, Trial, trial_from_json


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One host's answer. `why` tells why there is none; `refusal` is what httpd says when it refuses the candidate."""

    why: str = ""
    refusal: str = ""
    method: str | None = None
    restart: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    trial: Trial = field(default_factory=Trial)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What the candidate means to httpd that the present configuration does not."""
        return self.trial.differences

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the candidate, or suspicious."""
        return self.trial.findings


def examined_from_json(value: Mapping[str, Any], hide: Hide) -> Examined:
    """The answer of the command `examine`."""
    test, restart = value.get("configtest") or {}, value.get("restart") or {}
    return Examined(
        refusal="" if test.get("ok", True) else hide(str(test.get("output") or "httpd refuses the candidate")).strip(),
        method=str(value["method"]) if value.get("method") else None,
        restart=tuple(hide(str(why)) for why in (restart.get("why") or ())[:MOST]) if restart.get("needed") else (),
        limits=tuple(hide(str(text)) for text in (value.get("limits") or ())[:MOST]),
        trial=trial_from_json(value, hide),
    )
