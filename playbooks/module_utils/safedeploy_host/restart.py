"""Whether a candidate changes what a graceful reload cannot apply (startup.py), by asking httpd about both.

The live and the candidate configuration are read in the same way, the candidate in context (context.py).
"""

from __future__ import annotations

from . import startup
from .context import look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

    Json = dict[str, Any]


def needed(site: Json, entries: Mapping[str, Json], open_object: Callable[[str], bytes]) -> Json:
    """{"needed": bool, "why": [text]}: what needs a restart, or that nobody can tell. Raises as `open_object` does."""
    live = startup.read(site)
    try:
        candidate = look(site, entries, open_object, startup.read).value
    except OSError as error:
        return unknown(error)
    return between(live, candidate)


def unknown(error: OSError) -> Json:
    """The answer where the candidate could not be looked at."""
    return {"needed": True, "why": [f"whether graceful is enough could not be told: {error}"]}


def between(live: Json, candidate: Json) -> Json:
    """The answer from what startup.read, or an Effective, says of both."""
    why = list(startup.differences(_addresses(live), _addresses(candidate)))
    return {"needed": bool(why), "why": why}


def _addresses(configuration: Json) -> Json:
    listen = [[one["host"], one["port"]] if isinstance(one, dict) else one for one in configuration["listen"]]
    return {**configuration, "listen": listen}
