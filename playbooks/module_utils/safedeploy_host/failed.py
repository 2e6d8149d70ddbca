"""The verdict on a configuration that is live and does not work; activation turns it into a revert."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json


class Failed(Exception):  # noqa: N818 -- a verdict on the new configuration, turned into a refusal after the revert
    """The new configuration did not work; `code` is one of the wire's, `health` and `verdicts` are what says so."""

    def __init__(
        self, code: str, message: str, health: list[Json] | None = None, *, verdicts: list[Json] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.health = health or []
        self.verdicts = verdicts or []


def said(worse: list[Json]) -> str:
    """The first of the live regressions in a sentence, and how many more there are."""
    more = f" (and {len(worse) - 1} more)" if len(worse) > 1 else ""
    return f"{worse[0]['request']}: {worse[0]['before']} in its shadow, {worse[0]['after']} on the real server{more}"
