"""The semantic difference of two effective configurations: what a change of text means, one plain sentence each. Pure.

The order is stable. No argument is repeated that could hold a secret: what is shown is names, addresses, ports, paths
and numbers of the directives listed here.
"""

from __future__ import annotations

from . import moved
from .nodes import place, spot, value
from .paired import Pairs, called, endpoint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Json = dict[str, Any]

# Numbers and switches that bound what the server takes on; spelled as people know them.
LIMITS = (
    "MaxRequestWorkers", "MaxClients", "ServerLimit", "ThreadLimit", "ThreadsPerChild", "StartServers",
    "AsyncRequestWorkerFactor", "MaxConnectionsPerChild", "MaxRequestsPerChild", "MaxMemFree", "ListenBacklog",
    "Timeout", "ProxyTimeout", "RequestReadTimeout", "KeepAlive", "KeepAliveTimeout", "MaxKeepAliveRequests",
    "LimitRequestBody", "LimitRequestFields", "LimitRequestFieldSize", "LimitRequestLine", "LimitXMLRequestBody",
    "LimitInternalRecursion", "MaxRanges",
)  # fmt: skip


def differences(live: Json, candidate: Json) -> list[Json]:
    """[{"kind", "text", "before", "after", "place"}]: what is different for the clients and for the host."""
    pairs = Pairs(live, candidate)
    return [
        *_moves(live, candidate, pairs),
        *_hosts(pairs),
        *_roots(live, candidate, pairs),
        *_ports(live, candidate),
        *_modules(live, candidate),
        *_server(live, candidate),
        *_limits(live, candidate, pairs),
        *_includes(live, candidate),
    ]


def _difference(kind: str, text: str, before: object, after: object, where: str | None = None) -> Json:
    shown = [None if one is None else str(one) for one in (before, after)]
    return {"kind": kind, "text": f"{text}.", "before": shown[0], "after": shown[1], "place": where}


def _host_place(host: Json | None) -> str | None:
    return spot(host["file"], host["line"]) if host else None


def _moves(live: Json, candidate: Json, pairs: Pairs) -> Iterator[Json]:
    groups: dict[tuple[str, str, str], list[moved.Move]] = {}
    for move in moved.moves(live, candidate, pairs):
        groups.setdefault((move.shown, called(move.before), called(move.after)), []).append(move)
    for (_, before, after), same in groups.items():
        text = moved.sentence([move.name for move in same], same[0])
        yield _difference("name-moved", text, before, after, _host_place(same[0].after))
    for move in moved.defaults(live, candidate, pairs):
        text = f"Requests on {move.shown} for a name that no virtual host has now go to {called(move.after)}"
        text += f", not to {called(move.before)}"
        yield _difference("default-server", text, called(move.before), called(move.after), _host_place(move.after))


def _hosts(pairs: Pairs) -> Iterator[Json]:
    for hosts in pairs.new:
        text = f"New virtual host {called(hosts[0])} on {_where(hosts)}"
        yield _difference("vhost-new", text, None, called(hosts[0]), _host_place(hosts[0]))
    for hosts in pairs.gone:
        text = f"There is no virtual host {called(hosts[0])} on {_where(hosts)} any more"
        yield _difference("vhost-gone", text, called(hosts[0]), None, _host_place(hosts[0]))
    for old, new in pairs.pairs:
        if old["tls"] != new["tls"]:
            text = f"{new['name']} on port {new['port']} {'now speaks' if new['tls'] else 'no longer speaks'} TLS"
            yield _difference("tls", text, old["tls"], new["tls"], _host_place(new))


def _where(hosts: list[Json]) -> str:
    return ", ".join(dict.fromkeys(endpoint(host["address"], host["port"]) for host in hosts))


def _sections(live: Json, candidate: Json, pairs: Pairs) -> Iterator[tuple[str, list[Json], list[Json]]]:
    """(whose, live's directives, the candidate's) of the main server and of each virtual host on both sides."""
    yield "", live["tree"], candidate["tree"]
    before, after = _by_place(live), _by_place(candidate)
    for old, new in pairs.pairs:
        inside = [places.get((host["file"], host["line"]), []) for places, host in ((before, old), (after, new))]
        yield f" of {new['name']}", inside[0], inside[1]


def _by_place(effective: Json) -> dict[tuple[str, int], list[Json]]:
    """What stands in each virtual host, by the place where it begins."""
    sections = [node for node in effective["tree"] if node["name"] == "virtualhost"]
    return {(node["file"], node["line"]): node["children"] for node in sections}


def _changed(name: str, before: list[Json], after: list[Json]) -> tuple[str | None, str | None, str | None] | None:
    """(text before, text after, place) of a directive that differs; None when it does not."""
    old, new = value(before, name.lower()), value(after, name.lower())
    texts = [" ".join(node["args"]) if node else None for node in (old, new)]
    if texts[0] == texts[1]:
        return None
    where = new or old
    return texts[0], texts[1], place(where) if where else None


def _roots(live: Json, candidate: Json, pairs: Pairs) -> Iterator[Json]:
    for whose, before, after in _sections(live, candidate, pairs):
        changed = _changed("DocumentRoot", before, after)
        if changed:
            old, new, where = changed
            text = f"The document root{whose} changes from {old or 'its default'} to {new or 'its default'}"
            yield _difference("document-root", text, old, new, where)


def _limits(live: Json, candidate: Json, pairs: Pairs) -> Iterator[Json]:
    for whose, before, after in _sections(live, candidate, pairs):
        for name in LIMITS:
            changed = _changed(name, before, after)
            if changed:
                old, new, where = changed
                text = f"{name}{whose} changes from {old or 'its default'} to {new or 'its default'}"
                yield _difference("limits", text, old, new, where)


def _ports(live: Json, candidate: Json) -> Iterator[Json]:
    before = {(one["host"], one["port"]): one["secure"] for one in live["listen"]}
    after = {(one["host"], one["port"]): one["secure"] for one in candidate["listen"]}
    for address in sorted({*before, *after}):
        if before.get(address) == after.get(address):
            continue
        verb = "also listens on" if address not in before else "no longer listens on"
        if address in before and address in after:
            verb = "changes the protocol of"
        secure = after.get(address, before.get(address))
        text = f"httpd {verb} {endpoint(*address)} ({'TLS' if secure else 'without TLS'})"
        yield _difference("ports", text, address in before or None, address in after or None)


def _modules(live: Json, candidate: Json) -> Iterator[Json]:
    if not (live["modules"] and candidate["modules"]):
        return
    if live["mpm"] != candidate["mpm"]:
        text = f"The MPM changes from {live['mpm']} to {candidate['mpm']}"
        yield _difference("mpm", text, live["mpm"], candidate["mpm"])
    new, gone = _names(candidate, live), _names(live, candidate)
    if new:
        yield _difference("modules", f"New modules: {new}", None, new)
    if gone:
        yield _difference("modules", f"Modules that are no longer loaded: {gone}", gone, None)


def _names(one: Json, other: Json) -> str:
    """The modules of one alone. The MPM is told by itself."""
    names = set(one["modules"]) - set(other["modules"])
    return ", ".join(sorted(name for name in names if not name.startswith("mpm_")))


def _server(live: Json, candidate: Json) -> Iterator[Json]:
    if not live["run"]:
        return
    if live["pid_file"] != candidate["pid_file"]:
        text = f"PidFile changes from {live['pid_file']} to {candidate['pid_file']}"
        yield _difference("pid-file", text, live["pid_file"], candidate["pid_file"])
    for name in ("User", "Group"):
        before, after = live["run"].get(name), candidate["run"].get(name)
        if before != after:
            yield _difference("user", f"{name} changes from {before} to {after}", before, after)
    if live["error_log"] != candidate["error_log"]:
        yield _difference("error-log", "The main error log goes somewhere else", None, None)


def _includes(live: Json, candidate: Json) -> Iterator[Json]:
    before = {one["pattern"]: one["matches"] for one in live["reads"]["includes"]}
    for one in candidate["reads"]["includes"]:
        if one["matches"] == 0 and before.get(one["pattern"]) != 0:
            had = before.get(one["pattern"])
            text = f"The include of {one['pattern']} matches {'nothing any more' if had else 'nothing'}"
            yield _difference("include-empty", text, had, 0, spot(one["file"], one["line"]))
