"""What a host's last revert did: where it went, what it tried before, and the hand edits that it kept aside. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from safedeploy.core.shape import Shape

Hide = Callable[[str], str]

BEFORE = "before"


@dataclass(frozen=True, kw_only=True)
class KeptAside:
    """One file or link that was edited by hand meanwhile; `error` is why it could not be kept."""

    path: str
    stored: str | None = None
    restore: str = ""
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As in the documents of --json."""
        return {"path": self.path, "stored": self.stored, "restore": self.restore, "error": self.error}


@dataclass(frozen=True, kw_only=True)
class WentBack:
    """A revert, as the host recorded it. `went_to`: "before", "known-good", "older"; None when nothing verified."""

    run: str | None = None
    release: str | None = None
    at: str | None = None
    cause: str = ""
    went_to: str | None = None
    tried: tuple[str, ...] = ()
    kept_aside: tuple[KeptAside, ...] = ()

    def hidden(self, hide: Hide) -> WentBack:
        """With secrets masked in what the host said."""
        return replace(self, cause=hide(self.cause), tried=tuple(map(hide, self.tried)))

    def lines(self, now_on: str | None) -> Iterator[str]:
        """What a person should know beyond the cause; nothing for an ordinary revert."""
        if self.tried and self.went_to is not None:
            yield f"went further back, to {now_on} ({self.went_to}), which was verified; before that did not work:"
        elif self.tried:
            yield "tried without success:"
        yield from (f"  {text}" for text in self.tried)
        for kept in self.kept_aside:
            if kept.error:
                yield f"edited by hand meanwhile, and NOT kept: {kept.path}: {kept.error}"
            else:
                where = f" in {kept.stored}" if kept.stored else ""
                yield f"edited by hand meanwhile, and kept aside{where}: {kept.path}"
                yield f"  to have it back, on the host: {kept.restore}"

    def to_json(self) -> dict[str, Any]:
        """As in the documents of --json."""
        return {
            "run": self.run,
            "release": self.release,
            "at": self.at,
            "cause": self.cause,
            "went_to": self.went_to,
            "tried": list(self.tried),
            "kept_aside": [kept.to_json() for kept in self.kept_aside],
        }


def went_back_from_json(value: Mapping[str, Any] | None) -> WentBack | None:
    """From state's `last_revert`, or from its `stranded`."""
    if value is None:
        return None
    whole, record = Shape(value), Shape(value.get("record") or value)
    return WentBack(
        run=record.text("run"),
        release=record.text("release"),
        at=whole.text("at") or whole.text("since"),
        cause=whole.text("cause") or "",
        went_to=whole.text("went_to"),
        tried=tuple(
            f"{one['went_to']} ({one['release']}): {one['why']}" for one in whole.mappings("tried", with_text="went_to")
        ),
        kept_aside=tuple(
            KeptAside(
                path=str(one["path"]),
                stored=Shape(one).text("stored"),
                restore=Shape(one).text("restore") or "",
                error=Shape(one).text("error"),
            )
            for one in whole.mappings("kept_aside", with_text="path")
        ),
    )
