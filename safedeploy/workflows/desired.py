"""What every host should have: rendered from the project, or a release that the host has stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.core.tree import RenderedTree
from safedeploy.workflows.events import Phase
from safedeploy.workflows.facts import gather
from safedeploy.workflows.session import Session


@dataclass(frozen=True, kw_only=True)
class Desired:
    """One host's desired tree and what is needed to put it there.

    `release` is set for a stored release; otherwise the fleet's release id is computed from all trees.
    """

    tree: RenderedTree
    site: Mapping[str, Any]
    health: tuple[Mapping[str, Any], ...] = ()
    controller_health: tuple[Mapping[str, Any], ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    release: str | None = None
    manifest: Mapping[str, Any] | None = None


def render(session: Session) -> dict[str, Desired]:
    """Render every host's tree. Raises SafedeployError when a template, variable or declaration is wrong."""
    renderer = Renderer(session.target.project, session.policy, session.inventory)
    session.events.phase(Phase.RENDER, f"{len(session.hosts)} hosts")
    wanting = [host for host in session.hosts if renderer.needs_facts(host)]
    facts = gather(session, wanting) if wanting else {}
    return {
        host: Desired(
            tree=rendered.tree,
            site=rendered.site,
            health=tuple(rendered.health),
            controller_health=tuple(rendered.controller_health),
            secrets=rendered.secrets,
        )
        for host, rendered in renderer.render_all(facts).items()
    }
