"""What httpd fixes when it starts and keeps through every graceful, as a configuration says it, and as httpd runs.

Measured on httpd 2.4.71 and read in its server/mpm and server/listen.c: the limits are ignored with a warning, what
belongs to an open listening socket and the scoreboard without one; another MPM or a Listen that clashes with one that
is open kills the server. User and Group are not among them: new workers take the new ones.
"""

from __future__ import annotations

import os

from . import control, dumps, hashing, listeners, sockets
from .directives import Reader, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

    from .directives import Directive
    from .process import Process

    Json = dict[str, Any]

_FIXED = {
    "serverlimit": "ServerLimit",
    "threadlimit": "ThreadLimit",
    "listencoresbucketsratio": "ListenCoresBucketsRatio",
    "listenbacklog": "ListenBacklog",
    "sendbuffersize": "SendBufferSize",
    "receivebuffersize": "ReceiveBufferSize",
    "scoreboardfile": "ScoreBoardFile",
}


def read(site: Json) -> Json:
    """What the configuration says, as a JSON value, and whether it is `ok`: whether httpd's `-t` has passed.

    `mpm`, `pid_file` and `error_log` are null if it is not.
    """
    outcome = control.control(site, "-t", "-D", "DUMP_RUN_CFG", "-D", "DUMP_MODULES")
    modules = dumps.modules(outcome.output)
    defines = dumps.defines(outcome.output)
    reader = Reader(site)
    directives = [directive for directive in reader.directives() if directive.applies(modules, defines)]
    return {
        "ok": outcome.ok,
        **values(site, outcome.output, modules, ok=outcome.ok),
        "fixed": fixed(directives, reader),
        "listen": [list(listener.address) for listener in listeners.listeners(directives, reader)],
    }


def values(site: Json, dump: str, modules: list[str], *, ok: bool) -> Json:
    """`mpm`, `pid_file`, `error_log` and `envvars` by a DUMP_RUN_CFG, and by the modules of a DUMP_MODULES."""
    settings = dumps.run_cfg(dump) if ok else {}
    return {
        "mpm": next((name for name in modules if name.startswith("mpm_")), None),
        "pid_file": _path(site, settings.get("PidFile")),
        "error_log": settings.get("Main ErrorLog"),
        "envvars": _environment(os.path.join(site["server_root"], "envvars")),
    }


def fixed(directives: Iterable[Directive], reader: Reader) -> dict[str, str]:
    """The directives that httpd obeys only when it starts, by their name in lower case."""
    return {item.name: reader.expand(" ".join(item.args)) for item in directives if item.name in _FIXED}


def differences(live: Json, candidate: Json) -> Iterator[str]:
    """Why a server that runs `live` needs a restart to run `candidate`, in sentences."""
    if live["mpm"] and candidate["mpm"] and live["mpm"] != candidate["mpm"]:
        yield f"the MPM changes from {live['mpm']} to {candidate['mpm']}, which a running httpd does not survive"
    yield from listeners.clashes(map(tuple, live["listen"]), map(tuple, candidate["listen"]))
    if live["pid_file"] and candidate["pid_file"] and live["pid_file"] != candidate["pid_file"]:
        yield f"PidFile changes from {live['pid_file']} to {candidate['pid_file']}"
    for name, spelling in _FIXED.items():
        before, after = live["fixed"].get(name), candidate["fixed"].get(name)
        if before != after:
            yield f"{spelling} changes from {before or 'its default'} to {after or 'its default'}"
    if live["envvars"] != candidate["envvars"]:
        yield "envvars changes, and a running httpd keeps the environment that it was started with"


def fatal(parent: Process, configuration: Json) -> list[str]:
    """Why the running parent would not survive a graceful reload of this configuration, in sentences.

    Empty if it would, and where we may not look into the process.
    """
    found = []
    running = _running_mpm(parent.pid)
    if running and configuration["mpm"] and running != configuration["mpm"]:
        found.append(f"it runs {running}, and the configuration wants {configuration['mpm']}")
    bound = {address for _, address in sockets.bound(parent.pid)}
    # `Listen 80` is bound to one wildcard or the other, as the machine has IPv6 or not.
    bound |= {("*", port) for host, port in bound if host in ("::", "0.0.0.0")}  # noqa: S104 -- compared, not bound
    return [*found, *listeners.clashes(bound, map(tuple, configuration["listen"]))]


def _running_mpm(pid: int) -> str | None:
    """The MPM module that is mapped into a process, unless it is built in."""
    try:
        with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as stream:
            maps = stream.read()
    except OSError:
        return None
    for name in ("event", "worker", "prefork"):
        if f"/mod_mpm_{name}.so" in maps:
            return f"mpm_{name}_module"
    return None


def _path(site: Json, path: str | None) -> str | None:
    if not path:
        return None
    # In a copy of the tree its own place is no difference.
    return joined(site["server_root"], path).replace(site.get("copied_to") or "\0", "")


def _environment(envvars: str) -> str | None:
    """A digest of what the file does, whatever its comments say; None where there is none."""
    try:
        with open(envvars, encoding="utf-8", errors="replace") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return None
    text = "\n".join(line.strip() for line in lines if line.strip() and not line.strip().startswith("#"))
    return hashing.hexadecimal(text.encode())
