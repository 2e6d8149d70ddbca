"""Read every host, hold it against its own record of what was deployed, and change none. No Ansible is started.

The project is rendered meanwhile: for what is undeployed, and to know what is secret. Where it cannot be rendered,
drift is reported all the same, without any content.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.adapters.ssh import Answer, understood
from safedeploy.core import counted
from safedeploy.core.drift import Drift, HostDrift, Terms
from safedeploy.core.drift_judge import judge
from safedeploy.core.drift_seen import DriftSeen, drift_seen_from_json
from safedeploy.core.errors import SafedeployError
from safedeploy.workflows import rendering
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.drift_shown import hidden, shown
from safedeploy.workflows.events import Phase, Status
from safedeploy.workflows.session import Session

SECONDS = 20.0
MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Found:
    """A check with what it was made of. `desired` is None where the project was not rendered."""

    drift: Drift
    desired: Mapping[str, Desired] | None
    seen: Mapping[str, DriftSeen] = field(repr=False)
    advice: Mapping[str, str] = field(default_factory=dict)


def drift(session: Session, *, facts: bool = False) -> Found:
    """Check every host. `facts`: let Ansible gather facts where templates need them.

    Raises SafedeployError when the settings, the inventory or a host's site does not hold up.
    """
    began = time.monotonic()
    renderer = rendering.renderer_of(session)
    sites = {host.name: renderer.site(host) for host in session.hosts}
    session.events.phase(Phase.OBSERVE, counted.hosts(len(sites)))
    requests = {host: {"site": site, "max_bytes": MAX_BYTES, "seconds": SECONDS} for host, site in sites.items()}
    with ThreadPoolExecutor(max_workers=1) as pool:
        asked = pool.submit(session.fleet.call, "drift", requests)
        desired, unrendered = _rendered(session, renderer, facts=facts)
        replies = asked.result()
    seen: dict[str, DriftSeen] = {}
    missing: dict[str, str] = {}
    for host, reply in replies.items():
        try:
            seen[host] = understood(host, reply, drift_seen_from_json)
        except ValueError as error:
            missing[host] = session.hide(str(error))
        session.events.host(host, Phase.OBSERVE, Status.FAILED if host in missing else Status.OK, missing.get(host, ""))
    return Found(
        drift=Drift(
            environment=session.target.environment,
            run=session.identity.run,
            at=session.identity.started.timestamp(),
            hosts=_judged(session, seen, desired, unrendered),
            missing=missing,
            unrendered=unrendered,
            seconds=time.monotonic() - began,
        ),
        desired=desired,
        seen=seen,
        advice={
            host: reply.next for host, reply in replies.items() if host in missing and not isinstance(reply, Answer)
        },
    )


def _rendered(session: Session, renderer: Renderer, *, facts: bool) -> tuple[dict[str, Desired] | None, str]:
    """What the project wants; or None, and why that is not known."""
    try:
        wanting = [] if facts else [host.name for host in session.hosts if renderer.needs_facts(host)]
        if not wanting:
            return rendering.render(session, renderer), ""
        why = (
            f"templates need facts of {counted.hosts(len(wanting))}, which only Ansible can gather: give --facts to "
            "have them gathered"
        )
    except SafedeployError as error:
        why = f"{error.what} ({error.code})"
    for host in session.hosts:
        try:
            session.know(renderer.probed(host).secrets)
        except SafedeployError:
            continue  # what is wrong with it is in `why`, or is the next thing to be met
    return None, session.hide(why)


def _judged(
    session: Session, seen: Mapping[str, DriftSeen], desired: Mapping[str, Desired] | None, unrendered: str
) -> dict[str, HostDrift]:
    policy = session.policy.drift
    terms = Terms(
        environment=session.target.environment,
        at=session.identity.started.timestamp(),
        certificate_days=policy.certificate_days,
        ignore=policy.ignore,
    )
    fit = shown(desired, unrendered, session.hide)
    found: dict[str, Any] = {}
    for host, answer in seen.items():
        wanted = None if desired is None else desired[host].tree.entries
        found[host] = hidden(judge(answer, terms, fit(host), wanted), session.hide)
    return found
