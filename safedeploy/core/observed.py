"""What a host said of itself: the `observe` answer of the on-host program as values.

Pure. Unknown extra keys of a newer agent are ignored; missing ones have the meaning "not known".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from safedeploy.core.plain_text import plain_text
from safedeploy.core.shape import Shape
from safedeploy.core.tree import ABSENT, Entry, Tree, tree_from_json
from safedeploy.core.went_back import WentBack, went_back_from_json

ADOPTED = "adopted"


@dataclass(frozen=True, kw_only=True)
class Httpd:
    """The server on the host. `loaded` is None when it cannot be told, and `reason` then says why."""

    installed: bool = False
    running: bool = False
    version: str | None = None
    loaded: bool | None = None
    loaded_at: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An activation that nobody has confirmed yet; `deadline` is in seconds since the epoch, by the host's clock.

    `held`: a person decides. `dead_man` says what reverts it otherwise; `guarded` is False when that has died, and None
    when the host does not tell.
    """

    activation: str
    release: str
    run: str
    by: str
    since: str
    deadline: float
    before: str = ""
    held: bool = False
    dead_man: str = ""
    guarded: bool | None = None

    @property
    def until(self) -> str:
        """The deadline as ISO 8601 in UTC."""
        return datetime.fromtimestamp(self.deadline, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, kw_only=True)
class Observed:
    """One host, as it was when it was asked."""

    host: str
    current: str | None = None
    known_good: str | None = None
    since: str | None = None
    by: str | None = None
    run: str | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    releases: tuple[Mapping[str, Any], ...] = ()
    pending: Pending | None = None
    boot_guard: Mapping[str, Any] | None = None
    last_activation: str | None = None
    last_run: str | None = None
    reverted_run: str | None = None
    reverted_cause: str | None = None
    went_back: WentBack | None = None
    stranded: Mapping[str, Any] | None = None
    lease: Mapping[str, Any] | None = None
    drained: Mapping[str, Any] | None = None
    httpd: Httpd = field(default_factory=Httpd)
    live: Tree = field(default_factory=dict)
    live_digest: str = ""
    adopted: Tree = field(default_factory=dict)
    current_tree: Tree = field(default_factory=dict)
    content: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    problems: tuple[str, ...] = ()
    clock: float | None = None

    def recorded(self, path: str) -> Entry:
        """What safedeploy last left at a path: the current release's entry, else what it had adopted there."""
        return self.current_tree.get(path, self.adopted.get(path, ABSENT))

    def edited(self, path: str) -> bool:
        """Whether a path that safedeploy has touched differs from what it left there."""
        if path not in self.current_tree and path not in self.adopted:
            return False
        return self.live.get(path, ABSENT) != self.recorded(path)

    @property
    def still_back(self) -> bool:
        """Whether the last revert is the last thing that happened there."""
        return self.went_back is not None and (self.stranded is not None or self.went_back.at == self.since)

    def previous_known_good(self) -> str | None:
        """The release to roll back to: the known-good before the present one; adopted when there is no older."""
        confirmed = [str(item["release"]) for item in self.history]
        older = [release for release in confirmed if release != self.current]
        if older:
            return older[-1]
        return ADOPTED if self.current not in (None, ADOPTED) else None


def observed_from_json(host: str, value: Mapping[str, Any]) -> Observed:
    """Values from an `observe` answer. Raises ValueError when the answer does not have the documented shape.

    Every text is fit to be shown, and of each list no more is kept than a person reads; trees and contents are as they
    came.
    """
    try:
        return _observed(host, value)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError, OSError, binascii.Error) as error:
        raise ValueError(f"{host} answered 'observe' in a shape that is not understood: {error!r}") from error


def _observed(host: str, value: Mapping[str, Any]) -> Observed:
    state = Shape(value).part("state")
    last, last_revert = state.part("last"), state.part("last_revert")
    stranded = state.mapping("stranded")
    whole = Shape(value)
    return Observed(
        host=host,
        current=state.text("current"),
        known_good=state.text("known_good"),
        since=state.text("since"),
        by=state.text("by"),
        run=state.text("run"),
        history=state.mappings("history", with_text="release"),
        releases=whole.mappings("releases", with_text="release"),
        pending=_pending(state.mapping("pending"), whole.part("dead_man")),
        boot_guard=whole.mapping("boot_guard"),
        last_activation=last.text("activation"),
        last_run=last.text("run"),
        reverted_run=last_revert.text("run"),
        reverted_cause=last_revert.text("cause"),
        went_back=went_back_from_json(stranded or state.mapping("last_revert")),
        stranded=None if stranded is None else {**stranded, "steps": list(Shape(stranded).texts("steps"))},
        lease=whole.mapping("lease"),
        drained=whole.mapping("drained"),
        httpd=_httpd(whole.part("httpd")),
        live=_tree(value["live"]),
        live_digest=str(value["live_digest"]),
        adopted=_tree(value.get("adopted") or {}),
        current_tree=_tree(value.get("current") or {}),
        content={path: base64.b64decode(text, validate=True) for path, text in (value.get("content") or {}).items()},
        problems=whole.texts("problems"),
        clock=whole.number("time"),
    )


def _tree(value: Mapping[str, Mapping[str, Any]]) -> Tree:
    """A tree of paths that can be shown. Nobody can have asked for another."""
    for path in value:
        if not path.startswith("/") or plain_text(path) != path:
            raise ValueError(f"{plain_text(path, limit=200)!r} is not a path that safedeploy can have written")
    return tree_from_json(value)


def _pending(value: Mapping[str, Any] | None, guard: Shape) -> Pending | None:
    if value is None:
        return None
    pending = Pending(
        activation=str(value["activation"]),
        release=str(value["release"]),
        run=str(value["run"]),
        by=str(value.get("by", "")),
        since=str(value.get("since", "")),
        deadline=float(value["deadline"]),
        before=str(value.get("before_release") or ""),
        held=bool(value.get("held")),
        dead_man=guard.text("unit") or guard.text("kind") or "",
        guarded=guard.truth("alive"),
    )
    datetime.fromtimestamp(
        pending.deadline, UTC
    )  # a time that no calendar has is refused here, and not where it is shown
    return pending


def _httpd(value: Shape) -> Httpd:
    return Httpd(
        installed=bool(value.truth("installed")),
        running=bool(value.truth("running")),
        version=value.text("version"),
        loaded=value.truth("loaded"),
        loaded_at=value.text("loaded_at"),
        reason=value.text("reason") or value.text("error"),
    )
