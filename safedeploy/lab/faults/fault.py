"""What a fault is: how it breaks a host, what its visitors see, and what a person who looks for it is told. Values.

`begin` breaks one host through a `Scene`. What it changes must be among what `breaking.py` puts back: the files of the
server, the site, the certificate and the names; processes, mounts, limits, routes, which a reboot takes away; and
visitors. `end` is for what is beyond these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route

if TYPE_CHECKING:
    from safedeploy.lab.fleet import Lab


def nothing(scene: Scene) -> None:
    """Most faults leave nothing that needs an act of its own."""
    del scene


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to break a fleet.

    `route` is where a visitor meets it, and `seen` are texts of which one is in what went wrong there. `hints` go from
    where to look to what it is. `rule` is a rule of the linter that is about this mistake. `elsewhere`: the repair is
    not at the hosts, so that naming the cause is all that can be asked.
    """

    name: str
    title: str
    what: str
    page: str
    route: Route
    seen: tuple[str, ...]
    hints: tuple[str, str, str]
    repair: str
    prevention: str
    begin: Callable[[Scene], None]
    end: Callable[[Scene], None] = nothing
    rule: str | None = None
    needs_namespaces: bool = False
    elsewhere: bool = False

    def start(self, lab: Lab, hosts: Iterable[str] = (), *, keep_all: bool = False) -> None:
        """Break these hosts (default: all). Raises SafedeployError; then nothing is left broken.

        `keep_all`: what is done meanwhile to hosts that are not broken is undone by `stop` too.
        """
        from safedeploy.lab.faults import breaking  # noqa: PLC0415 - it knows faults, and they start with it

        breaking.start(self, lab, tuple(hosts), keep_all=keep_all)

    def stop(self, lab: Lab) -> None:
        """Put the hosts back to what they were before `start`, whatever was done to them since."""
        from safedeploy.lab.faults import breaking  # noqa: PLC0415 - see above

        breaking.stop(lab)
