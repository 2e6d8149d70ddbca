"""The steps of a run, told by what runs them: each says "here I am", and one of them waits there for the harness.

Standard library only: the same file is used on the hosts, in the control machine's own process, and in Ansible's. A
directory holds the conversation:

    points.jsonl   every step that was met: {"point", "kind", "about", "at", "pid"}
    stop           the name of the step that is to wait (written by the harness before the run)
    stopped        the process id that waits at it
    go             the harness lets it go on
    clock          seconds by which the wall clock is off (see instrument.py)

A step that has waited for PATIENCE seconds goes on by itself: whoever would have let it go is gone.
"""

import fcntl
import json
import os
import time

PATIENCE = 60.0
_now, _sleep = time.time, time.sleep


class Points:
    """The conversation about one run, in one directory; does nothing when that does not exist."""

    def __init__(self, directory):
        self.directory = directory
        self.on = os.path.isdir(directory)
        self.stop = self._read("stop") if self.on else ""

    def number(self, name):
        """How often a step of this name has been met in this run, this time included."""
        if not self.on:
            return 0
        descriptor = os.open(f"{self.directory}/counts", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            counts = json.loads(os.read(descriptor, 1 << 20) or b"{}")
            counts[name] = counts.get(name, 0) + 1
            os.pwrite(descriptor, json.dumps(counts).encode(), 0)
            return counts[name]
        finally:
            os.close(descriptor)

    def met(self, point, kind, about=""):
        """A step is here; wait if it is the one."""
        if not self.on:
            return
        line = json.dumps({"point": point, "kind": kind, "about": about, "at": _now(), "pid": os.getpid()}) + "\n"
        descriptor = os.open(f"{self.directory}/points.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC)
        os.write(descriptor, line.encode())
        os.close(descriptor)
        if point == self.stop:
            self.stop = ""
            self._wait()

    def _wait(self):
        with open(f"{self.directory}/stopped.new", "w") as file:
            file.write(str(os.getpid()))
        os.rename(f"{self.directory}/stopped.new", f"{self.directory}/stopped")
        end = time.monotonic() + PATIENCE
        while not os.path.exists(f"{self.directory}/go") and time.monotonic() < end:
            _sleep(0.01)

    def off(self):
        """Seconds by which the wall clock is to be off."""
        return float(self._read("clock") or 0) if self.on else 0.0

    def _read(self, name):
        try:
            with open(f"{self.directory}/{name}") as file:
                return file.read().strip()
        except OSError:
            return ""
