"""Live and candidate as httpd sees them: one run of httpd for each, the candidate's in a private context."""

from __future__ import annotations

from .. import context, restart
from . import configuration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

    Json = dict[str, Any]


def examine(site: Json, changes: Mapping[str, Json], open_object: Callable[[str], bytes]) -> Json:
    """{"configtest", "restart", "live", "candidate", "method", "limits"} of `changes` laid over the live tree.

    `configtest` and `restart` are those of context.configtest and restart.needed. `candidate` is None when httpd
    refuses it or it could not be looked at; a live configuration that does not parse is examined as far as it goes,
    and `limits` says so. Raises what `open_object` raises.
    """
    live = configuration.read(site)
    limits = [] if live["ok"] else ["httpd refuses the live configuration, so nothing was compared with what it does"]
    try:
        seen = context.look(site, changes, open_object, _candidate)
    except OSError as error:
        return {
            "configtest": context.untested(error),
            "restart": restart.unknown(error),
            "live": live,
            "candidate": None,
            "method": "namespace",
            "limits": limits,
        }
    candidate = seen.value["candidate"]
    if candidate and candidate["source"] == "files":
        limits.append("mod_info is not installed for this httpd, so its configuration was read from the files alone")
    return {
        "configtest": context.judged(seen.value["configtest"], seen),
        "restart": restart.between(live, candidate) if candidate else {"needed": False, "why": []},
        "live": live,
        "candidate": candidate,
        "method": seen.method,
        "limits": [*limits, *seen.limits],
    }


def _candidate(site: Json) -> Json:
    """A dump is a passed test too, since httpd tests what it dumps. The test itself is run where it says more."""
    candidate = configuration.read(site) if context.tests_plainly(site) else None
    if candidate and candidate["ok"]:
        told = "\n".join([*candidate["warnings"], "Syntax OK"])
        return {"configtest": {"ok": True, "output": told}, "candidate": candidate}
    tested = context.run_configtest(site)
    return {"configtest": tested, "candidate": candidate or configuration.read(site) if tested["ok"] else None}
