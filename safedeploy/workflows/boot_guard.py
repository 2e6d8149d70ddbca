"""Have hosts undo, before httpd starts, what was pending when they went down; or have them not do it any more."""

from __future__ import annotations

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.workflows.events import Phase
from safedeploy.workflows.observe import Seen, observe
from safedeploy.workflows.playbook import run_playbook
from safedeploy.workflows.private_directory import private_directory
from safedeploy.workflows.session import Session


def boot_guard(session: Session, *, remove: bool = False) -> Seen:
    """Run boot_guard.yml on every host, and read every host afterwards. Raises `boot-guard-failed`, with its output."""
    session.events.phase(Phase.ROLLOUT, "removing the boot guard" if remove else "installing the boot guard")
    hosts = [host.name for host in session.hosts]
    wanted = "absent" if remove else "present"
    with private_directory() as directory:
        done = run_playbook(
            session, "boot_guard.yml", directory, hosts, phase=Phase.ROLLOUT, extra={"safedeploy_boot_guard": wanted}
        )
    renderer = Renderer(session.target.project, session.policy, session.inventory)
    seen = observe(session, {host.name: renderer.site(host) for host in session.hosts})
    wrong = [host for host, one in seen.hosts.items() if bool((one.boot_guard or {}).get("installed")) is remove]
    if done.rc != 0 or wrong:
        raise SafedeployError(
            "boot-guard-failed",
            f"the boot guard is not {wanted} on {', '.join(wrong) or 'every host'}:\n{done.stdout_tail}",
            state="No configuration was changed on any host.",
            next_step="Correct what Ansible names above, then run the same command again; -v shows all of its output.",
            exit_code=ExitCode.REFUSED,
        )
    return seen
