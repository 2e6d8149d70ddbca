"""The state of every host, read and not judged."""

from __future__ import annotations

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.workflows.observe import Seen, observe
from safedeploy.workflows.session import Session


def status(session: Session) -> Seen:
    """Observe every host. Needs the hosts' sites, but renders no template."""
    renderer = Renderer(session.target.project, session.policy, session.inventory)
    return observe(session, {host.name: renderer.site(host) for host in session.hosts})
