"""The columns of the matrix: what is done to a run at a step. Each is an act on a `Scene`.

`promise` says when everything must be right again: "end" when the run is over, "window" one confirm window and 3 s
after the last thing that happened. `at` names the kinds of steps at which it is meaningful.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults import bystanders, control_machine, disk, network
from tests.faults.scene import Scene

REQUEST, WORK, ANSWER = "a request has arrived", "the agent at work", "an answer is ready"
PLAYBOOK, TASK, CONTROL = "a playbook", "a task", "the control machine at work"
HOST = frozenset({REQUEST, WORK, ANSWER})
ANSIBLE = frozenset({PLAYBOOK, TASK})
ALL = HOST | ANSIBLE | {CONTROL}
STATE_DIR, SERVER_ROOT = "/var/lib/safedeploy", "/etc/apache2"


def _nothing(_scene: Scene) -> None:
    """Most faults need no preparation."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One column."""

    column: str
    act: Callable[[Scene], None]
    at: frozenset[str] = ALL
    promise: str = "end"
    before: Callable[[Scene], None] = _nothing
    after: Callable[[Scene], None] = _nothing
    signalled: bool = False
    killed: bool = False


def kill_controller(scene: Scene) -> None:
    scene.run.process.kill()
    scene.run.process.wait()


def kill_ansible(scene: Scene) -> None:
    control_machine.kill(control_machine.ansible(scene.mark))


def kill_workers(scene: Scene) -> None:
    control_machine.kill(control_machine.workers(scene.mark))


def kill_agent(scene: Scene) -> None:
    scene.shell(f"kill -9 {scene.pid}")


def kill_httpd(scene: Scene) -> None:
    scene.fleet.lab.kill_httpd(scene.target)


def signalled(number: signal.Signals, *, times: int = 1, group: bool = False) -> Callable[[Scene], None]:
    """Send the run a signal, to the whole group as a terminal does, or to the process alone as `kill` does."""

    def act(scene: Scene) -> None:
        pid = scene.run.process.pid
        for turn in range(times):
            if scene.run.process.poll() is None:
                (os.killpg if group else os.kill)(pid, number)
            if turn + 1 < times:
                scene.meet.go(scene.row)
                time.sleep(0.3)

    return act


def silence_for(seconds: float) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        network.silence(scene)
        scene.meet.go(scene.row)
        time.sleep(seconds)
        scene.lift()

    return act


def unplugged_for(seconds: float) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        network.down(scene)
        scene.meet.go(scene.row)
        time.sleep(seconds)
        scene.lift()

    return act


def reboot(scene: Scene) -> None:
    scene.fleet.lab.reboot(scene.target)


def on_disk(act: Callable[[Scene, str], None], directory: str) -> dict[str, Callable[[Scene], None]]:
    """A fault of the disk that holds a directory."""
    return {
        "act": lambda scene: act(scene, directory),
        "before": lambda scene: disk.give(scene, directory),
        "after": lambda scene: disk.take(scene, directory),
    }


def step_clock(seconds: float) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        scene.meet.set_clock(scene.target, seconds)

    return act


_INT, _TERM, _HUP = signal.SIGINT, signal.SIGTERM, signal.SIGHUP

FAULTS: tuple[Fault, ...] = (
    Fault(column="SIGKILL of the controller", act=kill_controller, promise="window", killed=True),
    Fault(column="SIGKILL of Ansible", act=kill_ansible, at=HOST | ANSIBLE),
    Fault(column="SIGKILL of Ansible's workers", act=kill_workers, at=HOST | {TASK}),
    Fault(column="SIGKILL of the agent", act=kill_agent, at=HOST),
    Fault(column="SIGKILL of httpd", act=kill_httpd),
    Fault(column="SIGINT", act=signalled(_INT, group=True), signalled=True),
    Fault(column="SIGTERM", act=signalled(_TERM), signalled=True),
    Fault(column="SIGHUP", act=signalled(_HUP), signalled=True),
    Fault(column="SIGINT three times", act=signalled(_INT, times=3, group=True), signalled=True),
    Fault(column="SIGTERM three times", act=signalled(_TERM, times=3), signalled=True),
    Fault(column="connection cut", act=network.cut, at=HOST | {TASK}, promise="window"),
    Fault(column="cable pulled for 2 s", act=unplugged_for(2), promise="window"),
    Fault(column="silence for 3 s", act=silence_for(3), promise="window"),
    Fault(column="silence to the end", act=network.silence, promise="window"),
    Fault(column="host restarted", act=reboot, promise="window"),
    Fault(column="disk full: state", **on_disk(disk.fill, STATE_DIR), promise="window"),
    Fault(column="disk full: configuration", **on_disk(disk.fill, SERVER_ROOT), promise="window"),
    Fault(column="read-only: configuration", **on_disk(disk.protect, SERVER_ROOT), promise="window"),
    Fault(column="clock an hour on", act=step_clock(3600)),
    Fault(column="clock an hour back", act=step_clock(-3600)),
    Fault(column="second pusher", act=bystanders.second_push),
    Fault(column="lease taken away", act=bystanders.unlock),
    Fault(column="hand edit of a changed file", act=bystanders.edit("conf-available/security-headers.conf")),
    Fault(column="hand edit of another file", act=bystanders.edit("sites-available/app.conf")),
    Fault(column="httpd slow to start", act=bystanders.slow_httpd),
    Fault(column="flapping probes", act=bystanders.flapping_backend),
)
