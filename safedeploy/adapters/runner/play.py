"""One run of a playbook: started, heard, and ended when asked to, with nothing of it left behind.

Promises: the play runs in a thread of ours, and events are handed to the caller in the caller's own thread, so that a
slow or failing listener cannot disturb the play; whatever ends the caller (an exception, KeyboardInterrupt) ends the
play first, and if the caller is killed the kernel ends it (tied.py); the private directory is 0700, unique and removed;
no secret is in it, because none is given to it.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from safedeploy.adapters.runner import leftovers
from safedeploy.adapters.runner.environment import environment
from safedeploy.adapters.runner.processes import end_child
from safedeploy.adapters.runner.sockets import socket_directory
from safedeploy.core.errors import SafedeployError

Event = dict[str, Any]

# How long ansible-playbook, and tied.py before it, have to end by themselves before they are killed. Seconds.
_POLITE = 4.0
# How often ansible-runner looks whether it should stop; its default is 5 s.
_LOOK = 0.2
_TAIL = 4000


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """How ansible-playbook ended: its exit code, ansible-runner's word for it (`successful`, `failed`, `canceled`).

    `stdout_tail` is the end of its own output, for a message when it did not get going.
    """

    rc: int
    status: str
    stdout_tail: str = ""


@dataclass(frozen=True, kw_only=True)
class _Play:
    """What to run."""

    playbook: Path
    project: Path
    inventory: tuple[str, ...]
    hosts: tuple[str, ...]
    variables: Mapping[str, Any]
    forks: int
    arguments: tuple[str, ...]
    verbosity: int
    events: queue.SimpleQueue[Event] = field(default_factory=queue.SimpleQueue)
    stop: threading.Event = field(default_factory=threading.Event)


def run(  # noqa: PLR0913 - keyword-only, and each one is a word of ansible-playbook's own command line
    playbook: str,
    *,
    bundle: Path,
    project: Path,
    inventory: Path | Sequence[str],
    hosts: Sequence[str],
    extra: Mapping[str, Any] | None = None,
    forks: int = 20,
    vault_args: Sequence[str] = (),
    skip: Sequence[str] = (),
    on_event: Callable[[Event], None] = lambda _event: None,
    verbosity: int = 0,
    cancelled: Callable[[], bool] = lambda: False,
) -> RunResult:
    """Run one of safedeploy's playbooks on `hosts`, in the project's directory.

    `extra` must be small and not secret. Tasks with a tag of `skip` are left out. `on_event` gets ansible-runner's
    events in this thread; `cancelled` is asked often, and once it says true the play is ended and the status is
    `canceled`. Raises SafedeployError (`ansible-missing`) and what `on_event` raises, after the play has been ended.
    """
    sources = (str(inventory),) if isinstance(inventory, Path) else tuple(inventory)
    play = _Play(
        playbook=_playbook(playbook),
        project=project.absolute(),
        inventory=tuple(str(Path(source).absolute()) if Path(source).exists() else source for source in sources),
        hosts=tuple(hosts),
        variables={"safedeploy_bundle": str(bundle), **(extra or {})},
        forks=forks,
        arguments=(*vault_args, *(f"--skip-tags={tag}" for tag in skip)),
        verbosity=verbosity,
    )
    for old in leftovers.left("safedeploy-play-", Path(tempfile.gettempdir())):
        shutil.rmtree(old, ignore_errors=True)
    private = leftovers.make("safedeploy-play-", Path(tempfile.gettempdir()))
    result: list[RunResult | BaseException] = []
    thread = threading.Thread(target=_in_thread, args=(play, private, result), name=playbook, daemon=True)
    thread.start()
    try:
        _listen(play, thread, on_event, cancelled)
    finally:
        play.stop.set()
        thread.join()
        shutil.rmtree(private, ignore_errors=True)
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


def _listen(
    play: _Play, thread: threading.Thread, on_event: Callable[[Event], None], cancelled: Callable[[], bool]
) -> None:
    """Hand events on until the play is over; raise in this thread what the listener raises."""
    while True:
        alive = thread.is_alive()
        if not play.stop.is_set() and cancelled():
            play.stop.set()
        try:
            on_event(play.events.get(timeout=_LOOK / 2 if alive else 0))
        except queue.Empty:
            if not alive:
                return


def _in_thread(play: _Play, private: Path, result: list[RunResult | BaseException]) -> None:
    try:
        result.append(_execute(play, private))
    except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
        result.append(error)


def _execute(play: _Play, private: Path) -> RunResult:
    from ansible_runner import Runner, RunnerConfig  # noqa: PLC0415 - a third of a second that reads do not need

    bin_directory = Path(sys.executable).parent
    program = bin_directory / "ansible-playbook"
    if not program.exists():
        raise SafedeployError(
            "ansible-missing",
            f"{program} does not exist: ansible-core is not installed beside safedeploy",
            next_step="Install safedeploy with its dependencies into one environment, for example with pipx.",
        )
    _prepare(play, private)
    config = RunnerConfig(
        private_data_dir=str(private),
        project_dir=str(play.project),
        playbook=str(play.playbook),
        inventory=list(play.inventory),
        limit=f"@{private}/hosts",
        forks=play.forks,
        verbosity=play.verbosity or None,
        quiet=True,
        envvars=environment(
            os.environ, bin_directory=bin_directory, sockets=socket_directory(), temporary=private / "tmp"
        ),
    )
    config.prepare()
    tied = [sys.executable, "-I", "-S", str(Path(__file__).with_name("tied.py")), str(os.getpid())]
    config.command = [*tied, str(program), *play.arguments, *config.command[1:]]

    def stop() -> bool:
        if play.stop.is_set():
            end_child(str(private), seconds=_POLITE)
            return True
        return False

    def heard(event: Event) -> bool:
        play.events.put(event)
        return False  # ansible-runner need not keep it in a file

    runner = Runner(config, event_handler=heard, cancel_callback=stop)
    status, rc = runner.run()
    with contextlib.suppress(OSError):
        return RunResult(rc=int(rc), status=str(status), stdout_tail=_tail(Path(config.artifact_dir) / "stdout"))
    return RunResult(rc=int(rc), status=str(status))


def _prepare(play: _Play, private: Path) -> None:
    """The files that ansible-runner and ansible-playbook read; a list of hosts is not a line of arguments."""
    (private / "env").mkdir(mode=0o700)
    (private / "env" / "settings").write_text(json.dumps({"pexpect_timeout": _LOOK}), encoding="utf-8")
    (private / "env" / "extravars").write_text(json.dumps(dict(play.variables)), encoding="utf-8")
    (private / "hosts").write_text("".join(f"{host}\n" for host in play.hosts), encoding="utf-8")


def _playbook(name: str) -> Path:
    """Where a playbook of ours lies: inside an installed package, at the top of a checkout."""
    package = Path(str(resources.files("safedeploy")))
    for base in (package / "_data", package.parent):
        if (base / "playbooks" / name).is_file():
            return base / "playbooks" / name
    raise FileNotFoundError(f"playbooks/{name} is missing from this installation of safedeploy")


def _tail(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[-_TAIL:].strip()
