"""httpd's own error codes (AH00526), with what is behind them most often."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from safedeploy.lint.knowledge.packaged import read

FORM = re.compile(r"\bAH\d{5}\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Code:
    """One code. `rules` are ids of rules that find its cause beforehand."""

    code: str
    meaning: str
    causes: tuple[str, ...]
    remedy: str
    rules: tuple[str, ...] = ()


def find(code: str) -> Code | None:
    """A code in any letter case; None for one that has no explanation here."""
    entry = read("error_codes.toml").get(code.upper())
    if entry is None:
        return None
    return Code(
        code=code.upper(),
        meaning=entry["meaning"],
        causes=tuple(entry["causes"]),
        remedy=entry["remedy"],
        rules=tuple(entry.get("rules", ())),
    )


def codes() -> Iterable[str]:
    """Every code that has an explanation."""
    return sorted(read("error_codes.toml"))
