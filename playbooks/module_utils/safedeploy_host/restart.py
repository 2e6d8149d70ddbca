"""Whether a candidate changes what a graceful reload cannot apply, by comparing what httpd says of both.

The live and the candidate configuration are each asked, in the same way, for their modules, run settings and the few
directives that httpd fixes when it starts; the candidate in context (context.py).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from . import control, dumps
from .context import look
from .directives import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Mapping

    Json = dict[str, Any]

# httpd 2.4, server/mpm/*: kept from the first start on; a change is ignored with a warning, or without one.
_FIXED = {
    "serverlimit": "ServerLimit",
    "threadlimit": "ThreadLimit",
    "listencoresbucketsratio": "ListenCoresBucketsRatio",
    "scoreboardfile": "ScoreBoardFile",
}


def needed(site: Json, entries: Mapping[str, Json], open_object: Callable[[str], bytes]) -> Json:
    """{"needed": bool, "why": [text]}: what needs a restart. Raises what `open_object` raises, and OSError."""
    live = _facts(site)
    candidate = look(site, entries, open_object, _facts).value
    why = list(_differences(live, candidate))
    return {"needed": bool(why), "why": why}


def _facts(site: Json) -> Json:
    """What httpd fixes when it starts, as a JSON value."""
    dump = control.control(site, "-t", "-D", "DUMP_RUN_CFG").output
    modules = dumps.modules(control.control(site, "-M").output)
    defines = dumps.defines(dump)
    fixed = {
        directive.name: " ".join(directive.args)
        for directive in Reader(site).directives()
        if directive.name in _FIXED and directive.applies(modules, defines)
    }
    envvars = Path(site["server_root"], "envvars")
    return {
        "mpm": next((name for name in modules if name.startswith("mpm_")), None),
        "pid_file": dumps.run_cfg(dump).get("PidFile", "").replace(site.get("copied_to") or "\0", ""),
        "fixed": fixed,
        "envvars": hashlib.sha256(envvars.read_bytes()).hexdigest() if envvars.is_file() else None,
    }


def _differences(live: Json, candidate: Json) -> Iterator[str]:
    if live["mpm"] and candidate["mpm"] and live["mpm"] != candidate["mpm"]:
        yield f"the MPM changes from {live['mpm']} to {candidate['mpm']}"
    if live["pid_file"] and candidate["pid_file"] and live["pid_file"] != candidate["pid_file"]:
        yield f"PidFile changes from {live['pid_file']} to {candidate['pid_file']}"
    for name, spelling in _FIXED.items():
        before, after = live["fixed"].get(name), candidate["fixed"].get(name)
        if before != after:
            yield f"{spelling} changes from {before or 'its default'} to {after or 'its default'}"
    if live["envvars"] != candidate["envvars"]:
        yield "envvars changes, and a running httpd keeps the environment that it was started with"
