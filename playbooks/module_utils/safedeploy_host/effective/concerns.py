"""What is wrong with a candidate beyond its syntax, from its effective configuration and the host: the Findings.

An error is what no working and intended configuration does. It is about lines that are new or changed; what live does
already is no news, and is not repeated here.
"""

from __future__ import annotations

from . import nodes
from .capacity import capacity
from .host import Host
from .led_away import backends, documents
from .paired import Pairs
from .ports import ports
from .raised import ERROR
from .rules import RULES
from .rules.conditions import line
from .taken_over import taken_over
from .vanished import vanished
from .warned import warned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    Json = dict[str, Any]


def concerns(site: Json, live: Json, candidate: Json, changes: Mapping[str, Json]) -> list[Json]:
    """[{"severity", "kind", "text", "place", "next"}], errors first; `changes` are the entries that live has not."""
    host = Host(changes)
    pairs = Pairs(live, candidate)
    found = [
        *_of_lines(live, candidate, host),
        *vanished(live, candidate, changes, host),
        *taken_over(live, candidate, pairs, lambda: _main_addresses(site)),
        *documents(live, candidate, pairs, host),
        *backends(live, candidate),
        *ports(site, live, candidate),
        *capacity(live, candidate),
        *warned(live, candidate),
    ]
    unique = {(one["kind"], one["text"], one["place"]): one for one in found}
    return sorted(unique.values(), key=lambda one: one["severity"] != ERROR)


def _of_lines(live: Json, candidate: Json, host: Host) -> Iterator[Json]:
    known = {nodes.key(scope, node) for scope, node in nodes.walk(live["tree"])}
    known |= {nodes.key((), line(one)) for one in live["reads"]["conditions"]}
    before = {raised.key for rule in RULES for raised in rule(live, Host({}))}
    for rule in RULES:
        for raised in rule(candidate, host):
            if raised.key not in before:
                yield raised.finding(line_is_new=raised.line not in known)


def _main_addresses(site: Json) -> set[str]:
    """The addresses that requests certainly come in on: the host's main one, and that of the health checks."""
    from ..probes import addresses

    own = addresses.own()
    return {site["httpd"].get("address", ""), *([addresses.primary(own)] if own else [])}
