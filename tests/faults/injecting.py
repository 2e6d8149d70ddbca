"""One injection from beginning to end: a push that waits at a step, the fault there, and the oracle when time is up."""

from __future__ import annotations

import functools
import operator
import shutil
import subprocess
import time
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.e2e import program
from tests.e2e.program import Done
from tests.e2e.project import Project
from tests.faults import control_machine
from tests.faults.choice import Chosen
from tests.faults.faults import CONTROL
from tests.faults.fleet import FaultFleet
from tests.faults.oracle import Judged, consistent, host_violations
from tests.faults.records import Outcome, Violation
from tests.faults.rendezvous import CODE, ON_HOST, Rendezvous, Row
from tests.faults.scene import Scene
from tests.faults.screen import screen_violations

WINDOW = 6.0  # confirm_window of the pushes
GRACE = 3.0  # promised on top of it
LEASE = 8.0  # lease_ttl of the pushes: after a kill -9 it expires
SETTLED = 1.5  # after the end of a run: what watches a change looks twice a second whether it is decided
LIMIT = 100.0  # a run that takes longer hangs
CONTROL_CODE = Path(__file__).with_name("on_control")


@dataclass(kw_only=True)
class Bench:
    """A fleet with the projects that are pushed to it, and the scratch directory of its runs."""

    fleet: FaultFleet
    project: Project
    rival: Project
    scratch: Path
    meet: Rendezvous

    @classmethod
    def made(cls, fleet: FaultFleet, project: Project, rival: Project, scratch: Path) -> Bench:
        """`project` holds the new release; its pushes are instrumented from now on, and `rival`'s are not."""
        meet = Rendezvous(fleet, scratch / "control")
        for name in fleet.names:
            project.of_host(name, ansible_python_interpreter=f"{ON_HOST}/instrument.py")
        project.rollout(
            confirm_window=f"{WINDOW:g}s", bake="0s", lease_ttl=f"{LEASE:g}s", batches=[1, 1], on_failure="revert-all"
        )
        project.without_shadow()
        return cls(fleet=fleet, project=project, rival=rival, scratch=scratch, meet=meet)

    def environ(self, mark: str) -> dict[str, str]:
        """What makes a run tell its steps, and known by its mark."""
        temporary = self.scratch / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        return {
            control_machine.MARK: mark,
            "TMPDIR": str(temporary),
            "SAFEDEPLOY_FAULTS": str(self.meet.control),
            "SAFEDEPLOY_FAULTS_CODE": str(CODE),
            "PYTHONPATH": str(CONTROL_CODE),
            "ANSIBLE_CALLBACK_PLUGINS": str(CONTROL_CODE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "fault_points",
        }

    def record(self) -> list[Row]:
        """Every step of an undisturbed push."""
        self.fleet.restore()
        self.meet.begin()
        done = self.project.run("push", "lab", "--yes", "--no-diff", **self.environ(uuid.uuid4().hex))
        assert done.code == 0, done.text
        rows = self.meet.rows()
        self.meet.end()
        return rows


def inject(bench: Bench, *chosen: Chosen) -> list[Outcome]:
    """Make these injections in one push, each on a host of its own; what became of each.

    Violations cannot be told apart by their causes, so every outcome has all of them.
    """
    began = time.monotonic()
    bench.fleet.restore()
    mark = uuid.uuid4().hex
    scenes = [_scene(bench, one, mark) for one in chosen]
    for scene in scenes:
        scene.fault.before(scene)
    bench.meet.begin(*(scene.row for scene in scenes))
    try:
        outcomes = _watched(bench, scenes, mark)
    finally:
        bench.meet.end()
        control_machine.kill(control_machine.members(mark))
        for scene in scenes:
            scene.lift()
            scene.fault.after(scene)
    seconds = round((time.monotonic() - began) / len(chosen), 2)
    return [replace(outcome, seconds=seconds) for outcome in outcomes]


def _scene(bench: Bench, one: Chosen, mark: str) -> Scene:
    return Scene(
        fleet=bench.fleet,
        project=bench.project,
        rival=bench.rival,
        meet=bench.meet,
        chosen=one,
        mark=mark,
    )


def _watched(bench: Bench, scenes: Sequence[Scene], mark: str) -> list[Outcome]:
    words = ("push", "lab", "--yes", "--no-diff")
    environ = {**bench.project.environ, **bench.environ(mark)}
    killed = any(scene.fault.killed for scene in scenes)
    with program.running(*words, cwd=bench.project.root, environ=environ) as running:
        for scene in scenes:
            scene.running = running
        hits = _hit(scenes)
        if hits is None:
            return [_not_reached(scene) for scene in scenes]
        done = None if killed else _end(scenes[0])
    ended = time.monotonic()
    for scene in scenes:
        scene.lift()
    judged, recovery = _judged(bench, scenes, hit=min(hits), latest=min(hits) if killed else ended)
    found = [violation for scene in scenes for violation in scene.found]
    found += [violation for one in judged for violation in one.violations]
    ends = {one.host: one.end for one in judged}
    if done is not None:
        lost = frozenset(scene.target for scene in scenes if scene.fault.promise == "window")
        found += screen_violations(
            done,
            ends,
            lost=lost,
            interrupted=any(scene.fault.signalled for scene in scenes),
            late=any(scene.row.kind == CONTROL for scene in scenes),
        )
    found += _left_here(bench, scenes[0], killed=killed, until=ended + (WINDOW + GRACE if killed else SETTLED))
    return [
        Outcome(
            injection=scene.chosen.injection,
            violations=tuple(found),
            ends=ends,
            code=done.code if done else None,
            recovery=recovery,
            note=done.text[-1500:] if done and found else "",
        )
        for scene in scenes
    ]


def _not_reached(scene: Scene) -> Outcome:
    return Outcome(injection=scene.chosen.injection, reached=False, note=scene.run.text[-300:])


def _hit(scenes: Sequence[Scene]) -> list[float] | None:
    """Do each fault when the run is at its step. When that was; None when the run ended before it met all of them."""
    waiting, hits = list(scenes), []
    end = time.monotonic() + 60
    while waiting and time.monotonic() < end:
        ended = waiting[0].run.process.poll() is not None
        for scene in list(waiting):
            pid = scene.meet.stopped(scene.row)
            if pid is not None:
                scene.pid = pid
                hits.append(time.monotonic())
                scene.fault.act(scene)
                scene.meet.go(scene.row)
                waiting.remove(scene)
        if ended:
            break
        time.sleep(0.01)
    return None if waiting else hits


def _end(scene: Scene) -> Done | None:
    try:
        scene.run.process.wait(LIMIT)
    except subprocess.TimeoutExpired:
        scene.found.append(Violation(what="the run does not end", detail=scene.run.text[-600:]))
        scene.run.process.kill()
        return None
    try:
        return scene.run.done()
    except AssertionError as error:
        scene.found.append(Violation(what="the run shows what it must not", detail=str(error)[-600:]))
        return None


def _judged(bench: Bench, scenes: Sequence[Scene], *, hit: float, latest: float) -> tuple[list[Judged], float | None]:
    """Every host once it is well, or once the promised time has passed; and how long the hosts took."""
    fleet = bench.fleet
    allow = functools.reduce(operator.or_, (scene.allow for scene in scenes))
    window = WINDOW + GRACE if any(scene.fault.promise == "window" for scene in scenes) else SETTLED
    recovered: float | None = None
    while True:
        busy = time.time() - bench.meet.last_activity()  # a request that was under way opens its own window
        until = max(latest, time.monotonic() - busy) + window
        if recovered is None and all(consistent(fleet, host, allow) for host in fleet.names):
            recovered = time.monotonic() - hit
        over = time.monotonic() > until
        if recovered is not None or over:
            judged = [host_violations(fleet, host, allow) for host in fleet.names]
            if over or all(one.well for one in judged):
                return judged, None if recovered is None else round(recovered, 2)
        time.sleep(0.2)


def _is_fourth(row: Row) -> bool:
    """Whether this one is followed by a whole push: that costs as much as the injection itself."""
    return zlib.crc32(row.point.encode()) % 4 == 0


def _left_here(bench: Bench, scene: Scene, *, killed: bool, until: float) -> list[Violation]:
    """On the control machine no process and no private file is left, and the next push works."""
    pid, temporary = scene.run.process.pid, bench.scratch / "tmp"

    def left() -> tuple[list[control_machine.Member], list[str]]:
        return control_machine.members(scene.mark, pid), control_machine.private_files(pid, temporary)

    while any(left()) and time.monotonic() < until:
        time.sleep(0.1)
    processes, files = left()
    found = [Violation(what="a process of the run is left", detail=one.line[:300]) for one in processes]
    found += [Violation(what="a private file of the run is left", detail=path) for path in files]
    if killed and _is_fourth(scene.row):
        bench.meet.end()
        done = bench.project.run("push", "lab", "--yes", "--no-diff", TMPDIR=str(temporary))
        if done.code != 0:
            found.append(Violation(what="the next push does not work", detail=done.text[-800:]))
    return found
