"""The verdict on a configuration that is live and does not work; activation turns it into a revert."""

from __future__ import annotations

from .protocol import AgentError
from .room import FULL

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


def not_taken_back(release: str, cause: str, broken: OSError) -> AgentError:
    """The error when a release did not work and the disk does not let the host go back."""
    return AgentError(
        "no-space" if broken.errno in FULL else "bug",
        f"release {release} was activated and did not work ({cause}), and cannot be taken back: {broken}",
        state=f"{release} is pending on this host; its dead-man goes on trying to take it back.",
        next="Make the host's disk writable, with room on it; `status` then shows what became of it.",
        detail={"cause": cause},
    )
