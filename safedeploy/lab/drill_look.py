"""Looks at a fleet as it is in a drill: through its visitors' eyes, and at every host's configuration."""

from __future__ import annotations

import ssl
import time
from concurrent.futures import ThreadPoolExecutor

from safedeploy.core.errors import SafedeployError
from safedeploy.core.plain_text import plain_text
from safedeploy.lab.drill_judge import Look
from safedeploy.lab.fleet import Lab
from safedeploy.lab.host import LabHost
from safedeploy.lab.traffic import ROUTES, Route, ask

# A flood lets some through: well is who answers every time.
ROUNDS = 4
BETWEEN = 0.25
AT_ONCE = 32


def look(lab: Lab) -> Look:
    """All hosts and routes at the same time; a host that is off is unwell."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        refused = {host.name: pool.submit(_refused, lab, host.name) for host in lab.hosts}
        unwell = asked(lab, pool)
        trees = {host.name: pool.submit(_tree, lab, host.name) for host in lab.hosts}
        return Look(
            unwell=unwell,
            refused={name: text for name, future in refused.items() if (text := future.result())},
            trees={name: tree for name, future in trees.items() if (tree := future.result()) is not None},
        )


def asked(lab: Lab, pool: ThreadPoolExecutor) -> dict[str, list[str]]:
    """What visitors meet on the hosts where they meet anything: host -> one text for each address."""
    tls = ssl.create_default_context(cafile=str(lab.certificate))
    futures = [(host.name, route, pool.submit(_met, host, route, tls)) for host in lab.hosts for route in ROUTES]
    unwell: dict[str, list[str]] = {}
    for name, route, future in futures:
        if why := future.result():
            unwell.setdefault(name, []).append(f"{route}: {why}")
    return unwell


def _met(host: LabHost, route: Route, tls: ssl.SSLContext) -> str:
    for number in range(ROUNDS):
        if number:
            time.sleep(BETWEEN)
        if why := ask(host, route, tls):
            return why
    return ""


def _refused(lab: Lab, name: str) -> str:
    """What httpd has against the configuration as it is, or an empty text."""
    if not lab.running(name):
        return ""
    done = lab.exec(name, ["apache2ctl", "configtest"])
    if done.returncode == 0:
        return ""
    lines = (done.stderr + done.stdout).decode(errors="replace").splitlines()
    return plain_text(next((line for line in lines if line.strip()), f"configtest ended with {done.returncode}"))


def _tree(lab: Lab, name: str) -> dict[str, str] | None:
    try:
        return lab.snapshot(name)
    except SafedeployError:
        return None
