"""Read the whole fleet, whatever --limit says, to know how many of its hosts may be taken out of service."""

from __future__ import annotations

from collections.abc import Sequence

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.adapters.ssh import Fleet
from safedeploy.core.room import Room, require_room, room
from safedeploy.workflows.observe import observe
from safedeploy.workflows.session import Session


def find_room(session: Session, acting: Sequence[str]) -> Room | None:
    """The room for a push; None when nothing limits it. Raises SafedeployError `no-room`."""
    setting = session.policy.rollout.max_unavailable
    if setting is None:
        return None
    renderer = Renderer(session.target.project, session.policy, session.inventory)
    hosts = (*session.hosts, *session.inventory.others())
    fleet = Fleet(hosts, session.policy.ssh, session.agent, hide=session.hide)
    try:
        seen = observe(session, {host.name: renderer.site(host) for host in hosts}, fleet=fleet)
    finally:
        fleet.close()
    found = room(setting, seen.hosts, seen.missing)
    require_room(found, acting)
    return found
