"""Stays on the host for one shadow: makes its first process, serves its bridges, watches its limits, ends it.

It dies with the agent, and the first process with it, however each of them ends.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import time

from . import child, first, memory, network, privilege
from .bridge import Bridge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .plan import Plan
    from .view import Shadow

    Json = dict[str, Any]

# Seconds between two looks at what it takes; more where a look takes more than a fiftieth of that, but not for ever.
_LOOK = 0.1
_COST = 50.0
_LATEST = 0.5
# An exact look costs the kernel something for each page, so it is for what has grown by so much since the last one.
_GROWN = 1.25
# Far more than any server needs, far less than a machine can bear.
_PROCESSES = 3000
# For making the shadow and for the last report, beyond the seconds that its work may take.
_EXTRA = 5.0
# A mount of a server that is gone can hold up for ever whoever looks at it.
_MAKING = 20.0
_NOT_UP = {"up": False, "why": "", "output": "", "error_log": [], "value": None, "died": False}


def keep(plan: Plan, work: Callable[[Shadow], Any], reply: int) -> None:
    """Be the keeper: one document through `reply`, the Booted or {"failed": why there is no shadow}."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        keeper = _Keeper(plan, work)
    except OSError as error:
        child.send(reply, {"failed": f"{error}"})
        return
    try:
        result = keeper.run()
    finally:
        keeper.end()
    child.send(reply, result)


class _Keeper:
    def __init__(self, plan: Plan, work: Callable[[Shadow], Any]) -> None:
        self.plan = plan
        self.peak = 0
        self.up = False
        self.started = time.monotonic()
        self._exact_from = 0.0
        privilege.enter_processes()
        reader, writer = os.pipe()
        self._receiver, sender = socket.socketpair()
        self._receiver.settimeout(_MAKING)
        self._child = child.Child(lambda: first.live(plan, writer, sender, work))
        os.close(writer)
        sender.close()
        self._lines = child.Lines(reader)

    def end(self) -> None:
        """End the shadow, and wait until all of it is gone."""
        self._child.end()

    def run(self) -> Json:
        """The whole life of the shadow."""
        try:
            document, descriptors = network.take_over(self._receiver)
        except (OSError, ValueError, struct.error) as error:
            self._lines.read()
            late = isinstance(error, socket.timeout)
            why = f"it was not made within {_MAKING:g} s" if late else "its first process died"
            return self._failure() or {"failed": why}
        targets = [(host, port) for host, port in document["listeners"]]
        bridge = Bridge({target: socket.socket(fileno=number) for target, number in zip(targets, descriptors)})
        bridge.watch(self._lines.descriptor)
        facts = self._serve(bridge)
        if "failed" in facts:
            return facts
        unbridged = {(host, port): why for host, port, why in document["unbridged"]}
        return {
            "method": "namespace",
            **facts,
            "seconds": round(time.monotonic() - self.started, 3),
            "peak_bytes": self.peak,
            "limits": [*self.plan.limits, *document["limits"]],
            "backends": self.plan.survey.report(unbridged),
        }

    def _serve(self, bridge: Bridge) -> Json:
        deadline = self.started + self.plan.world["seconds"] + _EXTRA
        look = time.monotonic() + _LOOK
        while True:
            bridge.serve(_LOOK)
            self._lines.read()
            for document in self._lines.found:
                if "result" in document:
                    return dict(document["result"])
                if document.get("up") and not self.up:
                    self.up = True
                    # What ends soon may be gone when it is looked at the next time.
                    look = self._exact_from = 0.0
            if self._lines.ended:
                return self._failure() or {**_NOT_UP, "up": self.up, "died": True, "why": "the shadow was killed"}
            now = time.monotonic()
            if now >= look:
                spent = time.thread_time()
                why = self._measure()
                look = now + min(_LATEST, max(_LOOK, (time.thread_time() - spent) * _COST))
                if why:
                    return {**_NOT_UP, "up": self.up, "why": why}
            if now > deadline:
                why = f"the shadow took longer than {self.plan.world['seconds']:g} s and was ended"
                return {**_NOT_UP, "up": self.up, "why": why}

    def _measure(self) -> str:
        """Why the shadow must end, if it must."""
        allowed = self.plan.world["memory_bytes"]
        used = memory.use(self._child.pid, exact=False)
        if used.bytes > min(allowed, self._exact_from):
            self._exact_from = used.bytes * _GROWN
            used = memory.use(self._child.pid, exact=True)
            self.peak = max(self.peak, used.bytes)
        if used.bytes > allowed:
            return f"the shadow took {used.bytes >> 20} MiB of memory, more than the {allowed >> 20} MiB it may"
        if used.processes > _PROCESSES:
            return f"the shadow had more than {_PROCESSES} processes"
        if memory.host_is_short():
            return "the host ran short of memory, and the live server comes first"
        return ""

    def _failure(self) -> Json:
        return next((document for document in self._lines.found if "failed" in document), {})


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit
