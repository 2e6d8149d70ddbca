"""The first process of a shadow: makes its namespaces, furnishes them, and lives exactly as long as the work in it.

Its end is the end of every process in the shadow, and with them go the mounts, addresses, semaphores and memory. It has
no descriptor of the host's left when anything of the configuration runs.
"""

from __future__ import annotations

import contextlib
import os
import resource

from .. import namespaces
from . import capabilities, child, furnish, kernel_settings, logs, network, root, server

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any, Callable

    from .plan import Plan
    from .view import Shadow

    Json = dict[str, Any]

_LIKELY_VICTIM = "900"
_NICENESS = 5
# Not 0: for a core that goes to a program of the host, only 1 means none. See do_coredump() in the kernel.
_NO_CORE = 1
_TREE = namespaces.NEWNS | namespaces.NEWIPC | namespaces.NEWUTS


def live(plan: Plan, reply: int, sender: socket.socket, work: Callable[[Shadow], Any]) -> None:
    """Be the first process: says what happens through `reply`, and hands the sockets to serve to `sender`."""
    try:
        written = _make(plan, reply, sender)
    except Exception as error:  # noqa: BLE001 -- the other side of the pipe decides
        child.send(reply, {"failed": f"{error or type(error).__name__}"})
        return
    pid = os.fork()
    if pid == 0:
        try:
            namespaces.hide_from_processes()
            result = server.run(plan.site, plan.world, written, work, lambda document: child.send(reply, document))
            child.send(reply, {"result": result})
        except Exception as error:  # noqa: BLE001 -- as above
            child.send(reply, {"failed": f"{error or type(error).__name__}"})
        finally:
            os._exit(0)
    os.close(reply)
    # What has lost its parent in here is a child of this process too.
    while os.wait()[0] != pid:
        continue


def _make(plan: Plan, reply: int, sender: socket.socket) -> list[str]:
    """All but the server; the files that it may write its logs to."""
    found = network.make(plan.world, plan.states)
    namespaces.unshare(_TREE)
    namespaces.mount("none", "/", flags=namespaces.RECURSIVE | namespaces.PRIVATE)
    if kernel_settings.write(plan.ipc):
        found.limits.append("the host's limits of System V semaphores and shared memory are not those of the shadow")
    _be_likely_victim()
    sockets = furnish.open_sockets(plan.world.get("sockets", []), found.limits)
    made = root.make(plan.size, plan.written)
    found.limits += made.limits
    furnish.mount_sockets(made.path, sockets)
    root.enter(made)
    written = logs.around(plan.logs)
    furnish.lay_all(plan, written)
    root.close(made)
    network.hand_over(found, sender)
    _close_all_but(reply)
    _be_harmless()
    return written


def _close_all_but(kept: int) -> None:
    """Let go of every descriptor of the host's: through one of them a program could leave the shadow."""
    nothing = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.closerange(3, kept)
    os.closerange(kept + 1, max(int(name) for name in os.listdir("/proc/self/fd")) + 1)


def _be_likely_victim() -> None:
    """Before the shadow's own /proc is there, which is read-only."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as stream:
        stream.write(_LIKELY_VICTIM)


def _be_harmless() -> None:
    os.umask(0o022)
    os.nice(_NICENESS)
    # sudo makes 0 the highest that is allowed, and root without CAP_SYS_RESOURCE (in a container) may not raise that.
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (_NO_CORE, _NO_CORE))
    namespaces.hide_from_processes()
    capabilities.drop()
