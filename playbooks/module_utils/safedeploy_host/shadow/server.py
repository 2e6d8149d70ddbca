"""Starts httpd in the shadow, waits until it answers, has the work done, and says how it went."""

from __future__ import annotations

import os
import subprocess
import time

from .. import control, dumps, process, sockets
from . import reasons
from .logs import LINES, Logs
from .view import Shadow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable

    Json = dict[str, Any]

BOOT = 10.0
_STEP = 0.005
_TRY = 0.5
_LAST_WORDS = 0.05


class Server:
    """The httpd of a shadow: in the foreground, started by the site's own control program."""

    def __init__(self, site: Json, logs: Logs) -> None:
        self.site = site
        self.logs = logs
        self.pid: int | None = None
        self.started = time.monotonic()
        self._output = control.anonymous_file()  # as long as the process
        self._control: subprocess.Popen[bytes] | None = None
        self._failure = ""

    def start(self) -> None:
        """Start it and return at once."""
        argv = [*self.site["httpd"]["control"], "-DFOREGROUND"]
        try:
            self._control = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                env=control.environment(self.site),
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            self._failure = f"{argv[0]}: {error.strerror}"

    def answers(self, deadline: float) -> bool:
        """Wait until it sends bytes on a port of its; False when it has ended, or not by `deadline`."""
        while self.runs() and time.monotonic() < deadline:
            self.pid = self.pid or self._find()
            if self.pid is not None:
                self.logs.follow(self.pid)
                places = (sockets.listening(self.pid) or {}).values()
                if places and sockets.wait_for_bytes(places, min(deadline, time.monotonic() + _TRY)):
                    return True
            time.sleep(_STEP)
        return False

    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._control is not None and self._control.poll() is None

    def output(self) -> str:
        """What it and its control program said, other than to the logs."""
        self._output.seek(0)
        return self._failure + self._output.read(control.OUTPUT_LIMIT).decode("utf-8", "replace")

    def ended(self) -> str:
        """How it ended, as a sentence."""
        code = self._control.poll() if self._control is not None else None
        return self._failure or f"httpd ended with exit code {code} and no message"

    def find_main_log(self) -> None:
        """Ask httpd where it writes: a server that ends at once is not seen with its log open."""
        if self.pid is None or not self.runs():
            outcome = control.control(self.site, "-t", "-D", "DUMP_RUN_CFG")
            path = dumps.run_cfg(outcome.output).get("Main ErrorLog", "") if outcome.ok else ""
            if path.startswith("/"):
                self.logs.add_main(path)

    def _find(self) -> int | None:
        """The parent: the first process here that runs the binary. There is no other httpd in this pid namespace."""
        pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
        return next((pid for pid in pids if process.runs_binary(pid, self.site)), None)


def run(
    site: Json, world: Json, logs: Iterable[str], work: Callable[[Shadow], Any], say: Callable[[Json], None]
) -> Json:
    """Boot, work, report: {"up", "why", "output", "error_log", "value", "died"}. `say` gets {"up": true} meanwhile."""
    deadline = time.monotonic() + world["seconds"]
    found = Logs(logs)
    server = Server(site, found)
    server.start()
    up = server.answers(min(deadline, time.monotonic() + BOOT))
    if not up or server.pid is None:
        server.find_main_log()
        return _report(server, found.error_lines(), {"up": False, "value": None, "died": not server.runs()})
    say({"up": True})
    shadow = Shadow(site, server.pid, found, deadline)
    why, value = "", None
    try:
        value = work(shadow)
    except Exception as error:  # noqa: BLE001 -- a fault of a probe must not look like one of the candidate
        why = f"the probes ended with an error: {error or type(error).__name__}"
    if not server.runs():
        time.sleep(_LAST_WORDS)
    lines = [*shadow.boot_lines, *shadow.all_lines, *found.error_lines()]
    died = not server.runs() or any(" exit signal " in line for line in lines)
    return _report(server, lines, {"up": True, "value": value, "died": died, "why": why})


def _report(server: Server, lines: list[str], facts: Json) -> Json:
    output = server.output()
    why = facts.get("why", "")
    if not facts["up"] or facts["died"]:
        why = why or reasons.first([*output.splitlines(), *lines]) or ""
    if not facts["up"] and not why:
        silent = f"httpd runs, and answers nobody on any port within {time.monotonic() - server.started:.0f} s"
        why = silent if server.runs() else server.ended()
    return {**facts, "why": why, "output": output, "error_log": lines[:LINES]}
