"""The oracle: what must be true of a host once the promised time has passed, whatever was done to it.

    host_violations(fleet, "web1")  ->  Judged(end="old" | "new" | "stranded" | "neither", violations=(...))

A host that is well is on exactly the old or the new release: byte for byte, modes, owners, links; its records say so,
and the program on the host, asked again, does; httpd runs once, has loaded it and serves every site of it; no lease,
dead-man, journal, temporary file, mount or process is left. The only way out is to be stranded, and to say so in
state.json. Each promise is looked at by itself, with the machine's own means; a violation is never a crash.

`Allowances` are for faults that are themselves such a change: a hand edit is in neither release.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.fleet import Tree
from tests.faults.fleet import FaultFleet, is_agent
from tests.faults.records import Violation
from tests.faults.serving import policy_header, problems

STRANDED, NEITHER = "stranded", "neither"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Where a host is, and which promises do not hold there."""

    host: str
    end: str
    violations: tuple[Violation, ...] = ()

    @property
    def well(self) -> bool:
        """Whether everything that was promised is so."""
        return not self.violations


@dataclass(frozen=True, kw_only=True)
class Allowances:
    """What the fault itself changed. `trees`: further trees that a host may have, `{host: {label: tree}}`.

    `ignored`: paths that do not count, because the fault lies in them. `mounts`, `places`: what the fault put there.
    `edited`: `{host: (path, entry)}` of a hand edit, which must be there still, or kept aside.
    """

    trees: Mapping[str, Mapping[str, Tree]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    mounts: frozenset[str] = frozenset()
    edited: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __or__(self, other: Allowances) -> Allowances:
        """Both."""
        return Allowances(
            trees={**self.trees, **other.trees},
            ignored=self.ignored | other.ignored,
            places=self.places | other.places,
            mounts=self.mounts | other.mounts,
            edited={**self.edited, **other.edited},
        )


NONE = Allowances()


def host_violations(fleet: FaultFleet, host: str, allow: Allowances = NONE) -> Judged:
    """Judge one host as it is now."""
    if not fleet.lab.running(host):
        return Judged(host=host, end=NEITHER, violations=(Violation(host=host, what="the host is off"),))
    seen, tree = fleet.look(host), fleet.lab.snapshot(host)
    end = _end(fleet, host, tree, seen["state"] or {}, allow)
    found = [
        *_tree(fleet, host, tree, end, allow),
        *_records(fleet, end, seen),
        *_observed(fleet, host, end, edited=_still_edited(host, tree, allow)),
        *_edit_lost(host, tree, seen, allow),
        *_serving(fleet, host, end, seen),
        *_lease(seen),
        *_left_over(fleet, host, seen, allow),
    ]
    return Judged(
        host=host, end=end, violations=tuple(Violation(host=host, what=what, detail=detail) for what, detail in found)
    )


Found = list[tuple[str, str]]


def consistent(fleet: FaultFleet, host: str, allow: Allowances = NONE) -> bool:
    """Whether a host is on one of the releases with true records, cheaply: what recovery times are measured by."""
    if not fleet.lab.running(host):
        return False
    seen, tree = fleet.look(host), fleet.lab.snapshot(host)
    end = _end(fleet, host, tree, seen["state"] or {}, allow)
    return not (_tree(fleet, host, tree, end, allow) or _records(fleet, end, seen) or _httpd(seen))


def _end(fleet: FaultFleet, host: str, tree: Tree, state: Mapping[str, Any], allow: Allowances) -> str:
    if state.get("stranded"):
        return STRANDED
    for label in fleet.known:
        if any(_same(tree, one, allow) for one in _trees(fleet, host, label, allow)):
            return label
    return NEITHER


def _trees(fleet: FaultFleet, host: str, label: str, allow: Allowances) -> list[Tree]:
    own = {name: tree for name, tree in allow.trees.get(host, {}).items() if name.startswith(label)}
    return [fleet.known[label].trees[host], *own.values()]


def _same(one: Tree, other: Tree, allow: Allowances) -> bool:
    return not _differences(one, other, allow)


def _differences(one: Tree, other: Tree, allow: Allowances) -> list[str]:
    return [
        path
        for path in sorted(one.keys() | other.keys())
        if path not in allow.ignored and one.get(path) != other.get(path)
    ]


def _tree(fleet: FaultFleet, host: str, tree: Tree, end: str, allow: Allowances) -> Found:
    if end != NEITHER:
        return []
    parts = [
        f"{label}: {', '.join(_differences(tree, known.trees[host], allow)[:8])}"
        for label, known in fleet.known.items()
    ]
    return [("the files are neither the old nor the new release", "differs from " + "; from ".join(parts))]


def _records(fleet: FaultFleet, end: str, seen: Mapping[str, Any]) -> Found:
    """state.json says what is true, and nothing is half done."""
    state = seen["state"] or {}
    found: Found = []
    if "unreadable" in state:
        return [("state.json cannot be read", state["unreadable"])]
    if state.get("pending"):
        found.append(("a change is still pending", f"{state['pending'].get('activation')}"))
    if seen["journal"]:
        found.append(("a journal is left", ""))
    if end in fleet.known:
        release = fleet.known[end].release
        for key in ("current", "known_good"):
            if state.get(key) != release:
                found.append((f"state.json is not true: {key}", f"{state.get(key)}; the files are {end}, {release}"))
        confirmed = [item["release"] for item in state.get("history", [])]
        if not confirmed or confirmed[-1] != release:
            found.append(("state.json is not true: history", f"{confirmed}; the files are {end}, {release}"))
    return found


def _observed(fleet: FaultFleet, host: str, end: str, *, edited: bool) -> Found:
    """The program on the host says the same."""
    reply = fleet.agent(host, "observe")
    if not reply.get("ok"):
        return [("the program on the host cannot observe", str(reply.get("error")))]
    result = reply["result"]
    found: Found = []
    if end in fleet.known and result["problems"]:
        found.append(("observe finds problems", "; ".join(result["problems"])))
    if not result["httpd"].get("running"):
        found.append(("observe says that httpd does not run", str(result["httpd"].get("reason"))))
    if result["httpd"].get("loaded") is not True and end in fleet.known and not edited:
        found.append(("httpd has not loaded what is on disk", str(result["httpd"].get("reason"))))
    return found


def _still_edited(host: str, tree: Tree, allow: Allowances) -> bool:
    path, entry = allow.edited.get(host, ("", ""))
    return bool(path) and tree.get(path) == entry


def _edit_lost(host: str, tree: Tree, seen: Mapping[str, Any], allow: Allowances) -> Found:
    """A hand edit is where it was made, or kept."""
    if host not in allow.edited or _still_edited(host, tree, allow):
        return []
    path, entry = allow.edited[host]
    return [] if entry.split()[-1] in seen["objects"] else [("a hand edit is lost", path)]


def _serving(fleet: FaultFleet, host: str, end: str, seen: Mapping[str, Any]) -> Found:
    """Every site answers, with the content of the release that is on disk."""
    tls = ssl.create_default_context(cafile=str(fleet.lab.certificate))
    found = _httpd(seen)
    found += [("the site is not served", text) for text in problems(fleet.lab.host(host), tls)]
    if end in fleet.known and not found:
        header = policy_header(fleet.lab.host(host))
        if header != fleet.known[end].header[host]:
            found.append(("another release is served than is on disk", f"header {header!r}, files {end}"))
    return found


def _httpd(seen: Mapping[str, Any]) -> Found:
    """Exactly one httpd."""
    servers = {one["pid"]: one for one in seen["processes"] if one["name"] == "apache2"}
    parents = [pid for pid, one in servers.items() if one["parent"] not in servers]
    return [] if len(parents) == 1 else [("httpd runs other than once", f"parents {parents}")]


def _lease(seen: Mapping[str, Any]) -> Found:
    lease = seen["lease"] or {}
    if lease.get("token") and lease["until"] > seen["time"]:
        return [("a lease is left", f"of run {lease.get('run')}, for {lease['until'] - seen['time']:.1f} s more")]
    return []


def _left_over(fleet: FaultFleet, host: str, seen: Mapping[str, Any], allow: Allowances) -> Found:
    before = fleet.before[host]
    found: Found = [("a temporary file is left", path) for path in seen["temporary"]]
    found += [("the file of a dead-man is left", name) for name in seen["dead_men"]]
    found += [("a process of the program is left", one["line"][:200]) for one in seen["processes"] if is_agent(one)]
    found += [
        ("a process with mounts of its own is left", one["line"][:200])
        for one in seen["processes"]
        if one["own_mounts"] and not is_agent(one)
    ]
    mounts = [path for path in seen["mounts"] if path not in before["mounts"] and path not in allow.mounts]
    found += [("a mount is left", path) for path in mounts]
    places = set(seen["places"]) - set(before["places"]) - allow.places
    found += [("something is left behind", path) for path in sorted(places)]
    return found
