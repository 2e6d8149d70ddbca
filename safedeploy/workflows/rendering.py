"""Render every host's desired tree from the project, with facts where templates need them."""

from __future__ import annotations

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.core import counted
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.events import Phase
from safedeploy.workflows.facts import gather
from safedeploy.workflows.session import Session
from safedeploy.workflows.validators import validators


def renderer_of(session: Session) -> Renderer:
    """What renders the hosts of a session."""
    return Renderer(session.target.project, session.policy, session.inventory, validators().reloadable())


def render(session: Session, renderer: Renderer | None = None) -> dict[str, Desired]:
    """Render every host's tree. Raises SafedeployError when a template, variable or declaration is wrong.

    `renderer`: one that has looked already which facts are needed.
    """
    renderer = renderer or renderer_of(session)
    session.events.phase(Phase.RENDER, counted.hosts(len(session.hosts)))
    wanting = [host for host in session.hosts if renderer.needs_facts(host)]
    facts = gather(session, wanting) if wanting else {}
    done = renderer.render_all(facts)
    session.know(secret for rendered in done.values() for secret in rendered.secrets)
    return {
        host: Desired(
            tree=rendered.tree,
            site=rendered.site,
            health=tuple(rendered.health),
            controller_health=tuple(rendered.controller_health),
            expect=tuple(rendered.expect),
            services=rendered.services,
            secrets=rendered.secrets,
        )
        for host, rendered in done.items()
    }
