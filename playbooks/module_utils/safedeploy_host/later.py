"""Regular expressions that are compiled when they are first used: a command uses few of those that its modules have."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, AnyStr, Callable, Pattern


def regex(text: AnyStr, flags: int = 0) -> Pattern[AnyStr]:
    """As re.compile, later. It has the methods of a pattern; re's own functions do not take it for one."""
    made: Pattern[AnyStr] = _Later(lambda: re.compile(text, flags))  # type: ignore[assignment]
    return made


class _Later:
    def __init__(self, compiled: Callable[[], Any]) -> None:
        self._compiled = compiled

    def __getattr__(self, name: str) -> Any:
        """What it has not got yet; from then on it is found without this. re keeps what it has compiled."""
        found = getattr(self._compiled(), name)
        setattr(self, name, found)
        return found
