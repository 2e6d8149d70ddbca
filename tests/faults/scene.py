"""One injection as it goes on: the fleet, the run, the step where it waits, and what the fault did to the hosts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.e2e.program import Running
from tests.e2e.project import Project
from tests.faults.fleet import FaultFleet
from tests.faults.oracle import Allowances
from tests.faults.records import Violation
from tests.faults.rendezvous import Rendezvous, Row

if TYPE_CHECKING:
    from tests.faults.choice import Chosen
    from tests.faults.faults import Fault


@dataclass(kw_only=True)
class Scene:
    """What a fault may use. `pid` waits at `row`, as its own machine numbers it; `target` is the host concerned.

    `undo` holds what is to be done when the run is over; `allow` is what the fault itself changed; `found` what it saw
    go wrong by itself.
    """

    fleet: FaultFleet
    project: Project
    rival: Project
    meet: Rendezvous
    chosen: Chosen
    mark: str
    running: Running | None = None
    pid: int = 0
    allow: Allowances = field(default_factory=Allowances)
    undo: list[Callable[[], None]] = field(default_factory=list)
    found: list[Violation] = field(default_factory=list)

    @property
    def fault(self) -> Fault:
        """What is done."""
        return self.chosen.fault

    @property
    def row(self) -> Row:
        """Where."""
        return self.chosen.row

    @property
    def target(self) -> str:
        """The host concerned."""
        return self.chosen.target

    @property
    def run(self) -> Running:
        """The run, which has been started."""
        assert self.running is not None
        return self.running

    def shell(self, script: str) -> str:
        """On the host concerned."""
        return self.fleet.fleet.shell(self.target, script)

    def lift(self) -> None:
        """Take away what lasts of the fault."""
        while self.undo:
            self.undo.pop()()
