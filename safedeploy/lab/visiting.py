"""Visitors of a lab as a process of their own: it outlives the command that started it, and ends with the lab.

What they do is a file in the lab's state directory; they go when it is gone, when their time is over, or when they are
stopped. Each visitor comes from an address of its own: on loopback one of 127/8, else one of the last of the lab's
subnet, which the machine answers for as long as the lab's bridge is there.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from safedeploy.core.errors import SafedeployError
from safedeploy.lab.addresses import SUBNETS
from safedeploy.lab.commands import clean_environment, run
from safedeploy.lab.host import LabHost
from safedeploy.lab.host_process import HOST_PYTHON
from safedeploy.lab.names import bridge_name
from safedeploy.lab.processes import Process, arguments, every, identify, kill_all

if TYPE_CHECKING:
    from safedeploy.lab.fleet import Lab

PROGRAM = Path(__file__).with_name("visitors.py")
VISITORS = "visitors"
LONGEST = 4 * 3600.0
STRANGERS = 15  # addresses of a crowd; as many again are those of ordinary visitors


@dataclass(frozen=True, kw_only=True)
class Visits:
    """What visitors do: `rate` requests a second in all from `crowd` addresses, over `at_once` connections.

    `slow` ones begin a request and never end it. `where` are triples of scheme, site and path.
    """

    where: tuple[tuple[str, str, str], ...]
    agents: tuple[str, ...]
    rate: float = 5.0
    at_once: int = 1
    crowd: int = STRANGERS
    strange: bool = False
    slow: bool = False


def start(lab: Lab, name: str, visits: Visits, hosts: Sequence[LabHost]) -> None:
    """Have them come to these hosts from now on."""
    place = lab.directory / VISITORS
    place.mkdir(mode=0o700, exist_ok=True)
    spec = place / f"{name}.json"
    targets = [vars(host) | {"layout": None} for host in hosts]
    spec.write_text(
        json.dumps({**vars(visits), "targets": targets, "sources": _sources(lab, visits), "seconds": LONGEST}) + "\n"
    )
    subprocess.Popen(
        [HOST_PYTHON, "-I", "-S", str(PROGRAM), str(spec)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        env=clean_environment(),
    )


def _sources(lab: Lab, visits: Visits) -> list[str]:
    """The addresses that they come from; none is the machine's own choice."""
    first = STRANGERS if visits.strange else 0
    numbers = range(first, first + min(visits.crowd, STRANGERS))
    subnet = lab.state.subnet
    if subnet is None:
        return [f"127.9.0.{number + 1}" for number in numbers]
    last = SUBNETS[subnet][224]
    with contextlib.suppress(SafedeployError):
        # Local to the machine without being set up one by one; goes with the bridge.
        run(["ip", "route", "replace", "local", f"{last}/27", "dev", bridge_name(subnet)])
        return [str(SUBNETS[subnet][225 + number]) for number in numbers]
    return []


def strays(directory: Path, prefix: str = "") -> list[Process]:
    """Visitors of the lab in that state directory whose name begins so."""
    own = [
        identify(pid)
        for pid in every()
        if len(words := arguments(pid)) > 4
        and words[3].endswith("/".join(("", *PROGRAM.parts[-3:])))
        and words[4].startswith(f"{directory}/{VISITORS}/{prefix}")
    ]
    return [process for process in own if process is not None]


def stop(directory: Path, prefix: str) -> None:
    """Send them away."""
    for spec in (directory / VISITORS).glob(f"{prefix}*.json"):
        spec.unlink(missing_ok=True)
    kill_all(strays(directory, prefix))
