"""One injection from beginning to end: a push that waits at a step, the fault there, and the oracle when time is up."""

from __future__ import annotations

import shutil
import time
import uuid
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

from tests.e2e import program
from tests.e2e.program import Done
from tests.e2e.project import Project
from tests.faults import control_machine
from tests.faults.faults import Fault
from tests.faults.fleet import FaultFleet
from tests.faults.oracle import Judged, consistent, host_violations
from tests.faults.records import Injection, Outcome, Violation
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


def inject(bench: Bench, fault: Fault, row: Row, target: str) -> Outcome:
    """Do it, and say what became of it."""
    began = time.monotonic()
    bench.fleet.restore()
    mark = uuid.uuid4().hex
    scene = Scene(
        fleet=bench.fleet,
        project=bench.project,
        rival=bench.rival,
        meet=bench.meet,
        row=row,
        target=target,
        mark=mark,
    )
    injection = Injection(
        part="run",
        column=fault.column,
        kind=row.kind,
        row=f"{row.host or 'control'}: {row.point}",
        host=target,
    )
    fault.before(scene)
    bench.meet.begin(row)
    try:
        outcome = _watched(bench, scene, fault, injection)
    finally:
        bench.meet.end()
        control_machine.kill(control_machine.members(mark))
        scene.lift()
        fault.after(scene)
    return replace(outcome, seconds=round(time.monotonic() - began, 2))


def _watched(bench: Bench, scene: Scene, fault: Fault, injection: Injection) -> Outcome:
    words = ("push", "lab", "--yes", "--no-diff")
    environ = {**bench.project.environ, **bench.environ(scene.mark)}
    with program.running(*words, cwd=bench.project.root, environ=environ) as running:
        scene.running = running
        if not _reached(scene):
            return Outcome(injection=injection, reached=False, note=running.text[-300:])
        hit = time.monotonic()
        fault.act(scene)
        bench.meet.go(scene.row)
        done = None if fault.killed else _end(scene)
    ended = time.monotonic()
    scene.lift()
    latest = max(hit, ended if fault.promise == "end" or not fault.killed else hit)
    judged, recovery = _judged(bench, scene, fault, hit=hit, latest=latest)
    found = [*scene.found, *(violation for one in judged for violation in one.violations)]
    ends = {one.host: one.end for one in judged}
    if done is not None:
        lost = frozenset({scene.target}) if fault.loses or fault.promise == "window" else frozenset[str]()
        found += screen_violations(done, ends, lost=lost, interrupted=fault.signalled)
    found += _left_here(bench, scene, fault)
    return Outcome(
        injection=injection,
        violations=tuple(found),
        ends=ends,
        code=done.code if done else None,
        recovery=recovery,
        note=done.text[-1500:] if done and found else "",
    )


def _reached(scene: Scene) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        pid = scene.meet.stopped(scene.row)
        if pid is not None:
            scene.pid = pid
            return True
        if scene.run.process.poll() is not None:
            return False
        time.sleep(0.01)
    return False


def _end(scene: Scene) -> Done | None:
    try:
        scene.run.process.wait(LIMIT)
    except Exception:  # noqa: BLE001 - a run that hangs is a finding
        scene.found.append(Violation(what="the run does not end", detail=scene.run.text[-600:]))
        scene.run.process.kill()
        return None
    try:
        return scene.run.done()
    except AssertionError as error:
        scene.found.append(Violation(what="the run shows what it must not", detail=str(error)[-600:]))
        return None


def _judged(
    bench: Bench, scene: Scene, fault: Fault, *, hit: float, latest: float
) -> tuple[list[Judged], float | None]:
    """Every host once it is well, or once the promised time has passed; and how long the hosts took."""
    fleet = bench.fleet
    window = WINDOW + GRACE if fault.promise == "window" else SETTLED
    recovered: float | None = None
    while True:
        busy = time.time() - bench.meet.last_activity()  # a request that was under way opens its own window
        until = max(latest, time.monotonic() - busy) + window
        if recovered is None and all(consistent(fleet, host, scene.allow) for host in fleet.names):
            recovered = time.monotonic() - hit
        over = time.monotonic() > until
        if recovered is not None or over:
            judged = [host_violations(fleet, host, scene.allow) for host in fleet.names]
            if over or all(one.well for one in judged):
                return judged, None if recovered is None else round(recovered, 2)
        time.sleep(0.2)


def _is_fourth(row: Row) -> bool:
    """Whether this one is followed by a whole push: that costs as much as the injection itself."""
    return zlib.crc32(row.point.encode()) % 4 == 0


def _left_here(bench: Bench, scene: Scene, fault: Fault) -> list[Violation]:
    """On the control machine: no process, and no private file once the next run has been."""
    left = control_machine.members(scene.mark)
    found = [Violation(what="a process of the run is left", detail=one.line[:300]) for one in left]
    if fault.killed and _is_fourth(scene.row):
        bench.meet.end()
        done = bench.project.run("push", "lab", "--yes", "--no-diff", TMPDIR=str(bench.scratch / "tmp"))
        if done.code != 0:
            found.append(Violation(what="the next push does not work", detail=done.text[-800:]))
    elif fault.killed:
        control_machine.next_run_tidies(bench.scratch / "tmp")
    files = control_machine.private_files(scene.run.process.pid, bench.scratch / "tmp")
    return found + [Violation(what="a private file of the run is left", detail=path) for path in files]
