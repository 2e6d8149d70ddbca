"""What one host should have: rendered from the project, or a release that the host has stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.tree import RenderedTree


@dataclass(frozen=True, kw_only=True)
class Desired:
    """One host's desired tree and what is needed to put it there.

    `release` is set for a stored release; otherwise the fleet's release id is computed from all trees.
    """

    tree: RenderedTree
    site: Mapping[str, Any]
    health: tuple[Mapping[str, Any], ...] = ()
    controller_health: tuple[Mapping[str, Any], ...] = ()
    expect: tuple[Mapping[str, Any], ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    services: Mapping[str, Any] = field(default_factory=dict)
    release: str | None = None
    manifest: Mapping[str, Any] | None = None
