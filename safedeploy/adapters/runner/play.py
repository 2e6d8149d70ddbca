"""One run of playbooks: started, heard, and ended when asked to, with nothing of it left behind.

Promises: the play runs in a thread of ours, and events are handed to the caller in the caller's own thread, so that a
slow or failing listener cannot disturb the play; whatever ends the caller (an exception, KeyboardInterrupt) ends the
play first, and if the caller is killed the kernel ends it (tied.py); the private directory is 0700, unique and removed;
no secret is in it, because none is given to it.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Self

from safedeploy.adapters.runner import leftovers
from safedeploy.adapters.runner.environment import environment
from safedeploy.adapters.runner.processes import end_child
from safedeploy.adapters.runner.sockets import socket_directory
from safedeploy.adapters.runner.turns import Turns
from safedeploy.core.errors import SafedeployError

Event = dict[str, Any]

# How long ansible-playbook, and tied.py before it, have to end by themselves before they are killed. Seconds.
_POLITE = 4.0
# How often ansible-runner looks whether it should stop; its default is 5 s.
_LOOK = 0.2
# How often to look whether a play waits for its turn, when it must be about to. Seconds.
_SOON = 0.005
# The events between which that is. All of one playbook are heard before the next is let begin, unless one is lost.
_ENDS, _BEGINS = "playbook_on_stats", "playbook_on_start"
# How long a play has said nothing that waits, until nothing more is expected of it. Seconds.
_PATIENCE = 1.0
_KILLED = 128 + signal.SIGKILL
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
class Play:
    """What to run: playbooks of safedeploy's, on `hosts`, in the project's directory.

    `bundle` is the directory that the playbooks read. `extra` must be small and not secret. Tasks with a tag of `skip`
    are left out.
    """

    playbooks: tuple[str, ...]
    bundle: Path
    project: Path
    inventory: Path | Sequence[str]
    hosts: Sequence[str]
    extra: Mapping[str, Any] = field(default_factory=dict)
    forks: int = 20
    vault_args: Sequence[str] = ()
    skip: Sequence[str] = ()
    verbosity: int = 0

    @property
    def sources(self) -> list[str]:
        """The inventory, whatever the directory is that Ansible runs in."""
        sources = [str(self.inventory)] if isinstance(self.inventory, Path) else list(self.inventory)
        return [str(Path(source).absolute()) if Path(source).exists() else source for source in sources]


class Started:
    """An ansible-playbook that has been started. Leaving it as a context manager ends it.

    `waiting`: it waits before each of its playbooks for `go`; otherwise it goes on by itself. Promises nothing of what
    happens in between: it may have ended already, which `go` then says.
    """

    def __init__(self, play: Play, *, waiting: bool = False) -> None:
        temporary = Path(tempfile.gettempdir())
        for old in leftovers.left("safedeploy-play-", temporary):
            shutil.rmtree(old, ignore_errors=True)
        self._private = leftovers.make("safedeploy-play-", temporary)
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._result: list[RunResult | BaseException] = []
        # Where sockets can be, there can be pipes; who knows what the directory for temporary files is.
        self._turns = (
            Turns(socket_directory() / f"{self._private.name}-turns", len(play.playbooks)) if waiting else None
        )
        self._output: Path | None = None
        self._said_before = 0  # how much of the output is of the playbooks before; in bytes
        self._begun = 0  # how many playbooks have said that they begin; one that waits has, too
        self._thread = threading.Thread(
            target=self._in_thread, args=(play,), name=" ".join(play.playbooks), daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def running(self) -> bool:
        """Whether Ansible has not ended yet."""
        return self._thread.is_alive()

    def dismiss(self) -> None:
        """Begin to end the play, without waiting for that."""
        self._stop.set()
        if self._turns is not None:
            self._turns.close()

    def end(self) -> None:
        """End the play if it runs, with all that it started, and remove what it had. Once is enough."""
        self.dismiss()
        self._thread.join()
        for directory in (self._private, *([self._turns.directory] if self._turns else [])):
            shutil.rmtree(directory, ignore_errors=True)

    def go(
        self,
        on_event: Callable[[Event], None] = lambda _event: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> RunResult:
        """Let the next playbook begin, and hand its events on until it has ended.

        `on_event` is called in this thread; `cancelled` is asked often, and once it says true everything is ended and
        the status is `canceled`. The result is Ansible's own if this was the last playbook, or the last that it wanted
        to run; otherwise `successful`. Raises SafedeployError (`ansible-missing`), what `on_event` raises, and what
        comes to this thread from elsewhere (KeyboardInterrupt): after everything has been ended.
        """
        try:
            self._hear(on_event, cancelled)
        except BaseException:
            self.end()
            raise
        if not self._result:
            return RunResult(rc=0, status="successful")
        if isinstance(self._result[0], BaseException):
            raise self._result[0]
        return self._result[0]

    def _hear(self, on_event: Callable[[Event], None], cancelled: Callable[[], bool]) -> None:
        """Until the next playbook waits for its turn, or all is over."""
        given = self._turns is None
        heard, last = "", time.monotonic()
        while True:
            alive = self._thread.is_alive()
            if not self._stop.is_set() and cancelled():
                self.dismiss()
            # What is to end is let begin no more: within the moment until it ends it could change a host.
            if self._turns is not None and not self._stop.is_set() and self._turns.waits():
                if not given:
                    self._said_before = _size(self._output)
                    self._turns.give()
                    given = True
                elif self._begun > self._turns.given or time.monotonic() - last > _PATIENCE:
                    return
            soon = not given or heard in (_BEGINS, _ENDS)
            try:
                event = self._events.get(timeout=(_SOON if soon else _LOOK / 2) if alive else 0)
            except queue.Empty:
                if not alive:
                    return
            else:
                heard, last = str(event.get("event")), time.monotonic()
                self._begun += heard == _BEGINS
                on_event(event)

    def _in_thread(self, play: Play) -> None:
        try:
            self._result.append(self._execute(play))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            self._result.append(error)

    def _execute(self, play: Play) -> RunResult:
        from ansible_runner import Runner  # noqa: PLC0415 - reads do not need it, and it takes a moment

        config = _config(play, self._private, self._turns)
        self._output = Path(config.artifact_dir) / "stdout"

        def stop() -> bool:
            if self._stop.is_set():
                end_child(str(self._private), seconds=_POLITE)
                return True
            return False

        def heard(event: Event) -> bool:
            self._events.put(event)
            return False  # ansible-runner need not keep it in a file

        runner = Runner(config, event_handler=heard, cancel_callback=stop)
        status, rc = runner.run()
        code = _KILLED if rc is None else int(rc)  # ansible-runner has none for a process that a signal has ended
        return RunResult(rc=code, status=str(status), stdout_tail=_tail(self._output, self._said_before))


def run(
    play: Play,
    *,
    on_event: Callable[[Event], None] = lambda _event: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> RunResult:
    """Run a play to its end. `on_event`, `cancelled` and what is raised are those of `Started.go`."""
    with Started(play) as started:
        return started.go(on_event, cancelled)


def _config(play: Play, private: Path, turns: Turns | None) -> Any:
    from ansible_runner import RunnerConfig  # noqa: PLC0415 - as above

    bin_directory = Path(sys.executable).parent
    program = bin_directory / "ansible-playbook"
    if not program.exists():
        raise SafedeployError(
            "ansible-missing",
            f"{program} does not exist: ansible-core is not installed beside safedeploy",
            next_step="Install safedeploy with its dependencies into one environment, for example with pipx.",
        )
    _prepare(play, private)
    first, *others = (str(_playbook(name)) for name in play.playbooks)
    variables = environment(
        os.environ, bin_directory=bin_directory, sockets=socket_directory(), temporary=private / "tmp"
    )
    config = RunnerConfig(
        private_data_dir=str(private),
        project_dir=str(play.project.absolute()),
        playbook=first,
        inventory=play.sources,
        limit=f"@{private}/hosts",
        forks=play.forks,
        verbosity=play.verbosity or None,
        quiet=True,
        envvars={**variables, **({"SAFEDEPLOY_TURNS": str(turns.directory)} if turns else {})},
    )
    config.prepare()
    tied = [sys.executable, "-I", "-S", str(Path(__file__).with_name("tied.py")), str(os.getpid())]
    arguments = (*play.vault_args, *(f"--skip-tags={tag}" for tag in play.skip))
    config.command = [*tied, str(program), *arguments, *config.command[1:], *others]
    return config


def _prepare(play: Play, private: Path) -> None:
    """The files that ansible-runner and ansible-playbook read; a list of hosts is not a line of arguments."""
    (private / "env").mkdir(mode=0o700)
    (private / "env" / "settings").write_text(json.dumps({"pexpect_timeout": _LOOK}), encoding="utf-8")
    extra = {"safedeploy_bundle": str(play.bundle), **play.extra}
    (private / "env" / "extravars").write_text(json.dumps(extra), encoding="utf-8")
    (private / "hosts").write_text("".join(f"{host}\n" for host in play.hosts), encoding="utf-8")


def _playbook(name: str) -> Path:
    """Where a playbook of ours lies: inside an installed package, at the top of a checkout."""
    package = Path(str(resources.files("safedeploy")))
    for base in (package / "_data", package.parent):
        if (base / "playbooks" / name).is_file():
            return base / "playbooks" / name
    raise FileNotFoundError(f"playbooks/{name} is missing from this installation of safedeploy")


def _size(path: Path | None) -> int:
    return path.stat().st_size if path is not None and path.exists() else 0


def _tail(path: Path, start: int) -> str:
    """The end of what was said behind `start`; nothing where nothing was said."""
    try:
        return path.read_bytes()[start:].decode("utf-8", "replace")[-_TAIL:].strip()
    except OSError:
        return ""
