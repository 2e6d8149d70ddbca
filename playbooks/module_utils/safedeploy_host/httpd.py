"""The site's httpd: is it there, does it run, what has it loaded; and the one way to make it load the live tree.

`reload` never signals: it runs the control program, only after its configtest has passed, and then proves the result
(loading.py). The exceptions are processes that the control program cannot reach: a parent whose PidFile moved, and
workers that lost their parent. Those are stopped, never reloaded, with a signal.
"""

from __future__ import annotations

import os
import time

from . import control, dumps, loading, process, sockets, startup, stopping
from .error_log import ErrorLog

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .loading import Loaded
    from .process import Process

    Json = dict[str, Any]


class Httpd:
    """One site's httpd, by its "site" document."""

    def __init__(self, site: Json) -> None:
        self.site = site

    def installed(self) -> bool:
        """Whether the binary is there and can be run."""
        return os.access(self.site["httpd"]["binary"], os.X_OK)

    def parent(self) -> Process | None:
        """The running parent process: the newest, should one have been left behind."""
        found = process.parents(self.site)
        return found[-1] if found else None

    def several(self) -> bool:
        """Whether more than one parent of this site takes connections."""
        return bool(self._others(self.parent()))

    def virtual_hosts(self) -> list[dumps.VirtualHost]:
        """The live configuration's virtual hosts; empty when it does not parse."""
        outcome = control.control(self.site, "-t", "-D", "DUMP_VHOSTS")
        return dumps.virtual_hosts(outcome.output) if outcome.ok else []

    def status(self) -> Json:
        """The httpd status of docs/architecture.md, section 4. Changes nothing and signals nothing."""
        from .loaded import loaded

        status: Json = {
            "binary": self.site["httpd"]["binary"],
            "version": None,
            "installed": self.installed(),
            "running": False,
            "pid": None,
            "pid_start": None,
            "loaded_at": None,
            "loaded": None,
            "reason": "httpd is not running",
            "error": None,
        }
        if not status["installed"]:
            return {**status, "reason": "httpd is not installed", "error": f"no program {status['binary']}"}
        status["version"] = process.build(status["binary"]).get("version")
        if status["version"] is None:
            version = control.binary(self.site, "-v")
            status["version"] = dumps.build(version.output).get("version")
            if not version.ok:
                status["error"] = version.explained()
        parent = self.parent()
        if parent is None:
            return status
        return {
            **status,
            "running": True,
            "pid": parent.pid,
            "pid_start": parent.start_text,
            **loaded(parent, self.site),
        }

    def reload(self, *, restart: bool = False) -> Json:
        """Make httpd load the live tree: graceful, or start when it is stopped, or stop and start with `restart`.

        A parent that has no worker, or that a graceful would certainly kill (another MPM, a port that moves between all
        addresses and one), is stopped and started too: a graceful could only lose more.
        Returns {"ok", "how": "graceful|restart|start|none", "seconds", "proof", "error", "pid", "pid_start",
        "pid_file"}; "none" means that configtest refused the tree and that httpd was left alone. Never raises for what
        httpd does.
        """
        began = time.monotonic()
        configuration = startup.read(self.site)
        # httpd reads and tests the same for its dumps; only where it gives none its own test is asked, and heard.
        test = None if configuration["ok"] else control.control(self.site, "configtest")
        pid_file = None
        if test and not test.ok:
            how, result = "none", loading.Loaded(self.parent(), error=test.explained())
        else:
            before = loading.Before(self.parent(), self.site)
            log = ErrorLog(configuration["error_log"])
            pid_file = configuration["pid_file"]
            how = "start" if before.parent is None else "graceful"
            if before.parent and (restart or not before.serving or startup.fatal(before.parent, configuration)):
                how = "restart"
            if how == "graceful":
                result = self._graceful(before, log, pid_file)
            else:
                result = self._fresh(before, log, pid_file, restart=restart)
        return {
            "ok": result.ok,
            "how": how,
            "seconds": round(time.monotonic() - began, 3),
            "proof": result.proof,
            "error": result.error,
            "pid": result.parent.pid if result.parent else None,
            "pid_start": result.parent.start_text if result.parent else None,
            "pid_file": pid_file,
        }

    def _graceful(self, before: loading.Before, log: ErrorLog, pid_file: str | None) -> Loaded:
        if before.parent and pid_file and stopping.pid_in(pid_file) != before.parent.pid:
            try:
                # Without its pid there, `graceful` would take httpd for stopped and try to start a second one.
                with open(pid_file, "w", encoding="utf-8") as stream:
                    stream.write(f"{before.parent.pid}\n")
            except OSError as error:
                return loading.Loaded(
                    before.parent, error=f"its PidFile {pid_file} cannot be written: {error.strerror}"
                )
        outcome = control.control(self.site, "graceful")
        if not outcome.ok and before.parent and process.alive(before.parent):
            return loading.Loaded(before.parent, error=outcome.explained())
        return loading.wait(before, self.site, log, same_parent=True)

    def _others(self, parent: Process | None) -> list[Process]:
        """Further parents of this site that take connections: one that a graceful stop lets finish does not."""
        found = process.parents(self.site)
        return [
            one for one in found if parent is not None and one.key != parent.key and sockets.listening(one.pid) != {}
        ]

    def _fresh(self, before: loading.Before, log: ErrorLog, pid_file: str | None, *, restart: bool) -> Loaded:
        patience = stopping.PATIENCE if before.serving else stopping.STUCK
        for other in self._others(before.parent) if restart else []:
            if not stopping.stop(other, self.site, pid_file, patience):
                return loading.Loaded(before.parent, error=f"a second httpd (pid {other.pid}) could not be stopped")
        if before.parent is not None and not stopping.stop(before.parent, self.site, pid_file, patience):
            return loading.Loaded(before.parent, error=f"httpd (pid {before.parent.pid}) could not be stopped")
        stopping.clear_leftovers(self.site, pid_file)
        outcome = control.control(self.site, "start")
        if not outcome.ok:
            lines = "\n".join([outcome.explained(), *log.grave_lines()])
            return loading.Loaded(self.parent(), error=lines)
        return loading.wait(before, self.site, log, same_parent=False)
