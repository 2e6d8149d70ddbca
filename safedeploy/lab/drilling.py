"""Begins and ends a drill in a lab. Whatever ends a start early, the hosts are as they were before."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import drill as records
from safedeploy.lab import visiting
from safedeploy.lab.commands import lab_error
from safedeploy.lab.drill import Drill
from safedeploy.lab.drill_look import asked
from safedeploy.lab.faults import breaking, find
from safedeploy.lab.fleet import Lab
from safedeploy.lab.names import DOMAIN
from safedeploy.lab.visiting import Visits

VISITORS = "drill"
SEEN_WITHIN = 30.0
ORDINARY = Visits(
    where=(
        ("https", f"www.{DOMAIN}", "/"),
        ("https", f"www.{DOMAIN}", "/about.html"),
        ("http", f"app.{DOMAIN}", "/"),
        ("http", f"app.{DOMAIN}", "/item/{number}"),
        ("http", f"app.{DOMAIN}", "/about"),
        ("http", f"api.{DOMAIN}", "/orders/{number}"),
        ("http", f"api.{DOMAIN}", "/health"),
    ),
    agents=(
        "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0.0.0",
    ),
    rate=12.0,
    at_once=6,
)

_SET_ASIDE = """
cd "$1" && mkdir -p before-drill && mv -f -- *access.log *error.log before-drill/
apache2ctl graceful
"""


def begin(
    lab: Lab, fault: str, hosts: tuple[str, ...], *, watch: Callable[[], Drill | None], before: float = 0.0
) -> Drill:
    """Have visitors come, break the hosts, wait until visitors see it, and write down when the page goes out.

    `before`: seconds in which all is well, so that logs tell what is usual. `watch` is called when
    visitors see it and before the trainee's clock starts; it may return the drill with more.
    """
    if records.read(lab.directory) is not None:
        raise records.on_already()
    drill = Drill(fault=fault, hosts=hosts, before={host.name: lab.snapshot(host.name) for host in lab.hosts})
    records.write(lab.directory, drill)
    try:
        for host in lab.hosts:
            _begin_logs(lab, host.name)
        visiting.start(lab, VISITORS, ORDINARY, lab.hosts)
        time.sleep(before)
        find(fault).start(lab, hosts, keep_all=True)
        _wait_until_seen(lab, drill)
        drill = (watch() or drill).but(began=time.time())
        records.write(lab.directory, drill)
    except BaseException:
        end(lab)
        raise
    return drill


def _begin_logs(lab: Lab, name: str) -> None:
    """Set aside what older drills have left in the logs: it would mislead in a way that no outage does."""
    lab.exec(name, ["/bin/sh", "-c", _SET_ASIDE, "logs", lab.host(name).layout.log_dir])


def _wait_until_seen(lab: Lab, drill: Drill) -> None:
    deadline = time.monotonic() + SEEN_WITHIN
    with ThreadPoolExecutor(max_workers=16) as pool:
        while set(drill.hosts) - set(asked(lab, pool)):
            if time.monotonic() > deadline:
                raise lab_error(
                    "drill-not-seen",
                    f"The fault was brought about, and {SEEN_WITHIN:.0f} seconds later visitors see nothing of it.",
                    next_step="Everything was put back. Choose another fault: `safedeploy lab drill --list`.",
                )


def end(lab: Lab) -> bool:
    """Send the visitors away and put the hosts back to what they were before; False when no drill was on."""
    try:
        drill = records.read(lab.directory)
    except SafedeployError:
        drill = None
    there = (lab.directory / records.FILE).exists()
    visiting.stop(lab.directory, VISITORS)
    undone = breaking.stop(lab)
    records.forget(lab.directory, drill.fault if drill else "")
    return undone or there
