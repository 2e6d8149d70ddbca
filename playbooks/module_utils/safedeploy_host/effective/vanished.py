"""Names that a virtual host answered in live and none answers in the candidate, though nobody asked for that.

A site that is taken away on purpose loses its link, its file or its lines. Here are the other ways: a link that leads
nowhere, an include that no longer finds the file, a condition that is false now, a section that httpd ignores.
"""

from __future__ import annotations

import os

from .nodes import spot
from .raised import ERROR, WARNING, finding
from .rules.conditions import line, misspelled
from .similar import nearest
from .which import Group, bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from .host import Host

    Json = dict[str, Any]


# Of many names that are lost at once the first ones show what happened, and each is compared with all new ones.
_SLIPS = 20


def vanished(live: Json, candidate: Json, changes: Mapping[str, Json], host: Host) -> Iterator[Json]:
    """Findings about lost names and ignored sections, one for each cause."""
    lost = lost_names(live, candidate)
    yield from _dangling(live, candidate, lost)
    yield from _ignored(live, candidate)
    yield from _no_match(live, candidate, lost)
    yield from _left_out(candidate, host, lost)
    yield from _not_included(candidate, changes)
    yield from _renamed(live, candidate, lost)


def lost_names(live: Json, candidate: Json) -> dict[str, Json]:
    """The names that no virtual host of the candidate knows, each with the virtual host of live that answered it."""
    found: dict[str, Json] = {}
    if not candidate["vhosts"]:
        return {bare(name): one for one in live["vhosts"] for name in (one["name"], *one["aliases"])}
    known = Group(candidate["vhosts"])
    for one in live["vhosts"]:
        for name in map(bare, (one["name"], *one["aliases"])):
            if known.knows(name) is None:
                found.setdefault(name, one)
    return found


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more names" if len(names) > 3 else "")


def _dangling(live: Json, candidate: Json, lost: dict[str, Json]) -> Iterator[Json]:
    """Links in an include directory that lead nowhere: httpd skips them without a word."""
    before = {one["link"] for include in live["reads"]["includes"] for one in include["dangling"]}
    told = set()
    for include in candidate["reads"]["includes"]:
        for one in include["dangling"]:
            if one["link"] in before or one["link"] in told:
                continue
            told.add(one["link"])
            names = _some(sorted(name for name, host in lost.items() if host["file"] == one["link"]))
            text = f"The link {one['link']} leads to {one['target']}, which does not exist"
            yield finding(
                "link-dangles",
                text + (f": nothing answers {names} any more" if names else ", so httpd skips it without a word"),
                severity=ERROR,
                place=one["link"],
                remedy="Let the link lead to the new file, or remove it as well",
            )


def _ignored(live: Json, candidate: Json) -> Iterator[Json]:
    """<VirtualHost> sections that httpd has read and not taken: their address does not resolve."""
    old = {(node["raw"], _name(node)) for node in _sections_ignored(live)}
    for node in _sections_ignored(candidate):
        name = _name(node)
        if (node["raw"], name) not in old:
            yield finding(
                "virtual-host-ignored",
                f"httpd ignores <VirtualHost {node['raw']}>"
                + (f" of {name}" if name else "")
                + ": the name in it does not resolve on this host",
                severity=ERROR,
                place=spot(node["file"], node["line"]),
                remedy="Write <VirtualHost *:port> and give the name by ServerName",
            )


def _sections_ignored(effective: Json) -> list[Json]:
    taken = {(one["file"], one["line"]) for one in effective["vhosts"]}
    if not effective["ok"] or effective["source"] != "httpd":
        return []
    sections = [node for node in effective["tree"] if node["name"] == "virtualhost"]
    return [node for node in sections if (node["file"], node["line"]) not in taken]


def _name(section: Json) -> str:
    return next((node["args"][0] for node in section["children"] if node["name"] == "servername" and node["args"]), "")


def _no_match(live: Json, candidate: Json, lost: dict[str, Json]) -> Iterator[Json]:
    """Includes that find nothing, where names were lost with what they or their predecessors found."""
    before = {one["pattern"]: one["matches"] for one in live["reads"]["includes"]}
    now = {one["pattern"] for one in candidate["reads"]["includes"]}
    gone = [one for one in lost.values() if one["file"] not in candidate["includes"]]
    for one in candidate["reads"]["includes"]:
        if one["matches"] or before.get(one["pattern"]) == 0 or one["dangling"]:
            continue
        changed = one["pattern"] not in before and any(pattern not in now and before[pattern] for pattern in before)
        still = [host["file"] for host in gone if os.path.lexists(host["file"])]
        if changed and still:
            names = sorted(name for name, host in lost.items() if host["file"] in still)
            yield finding(
                "include-empty",
                f"The include of {one['pattern']} finds nothing, and nothing answers {_some(names)} any more",
                severity=ERROR,
                place=spot(one["file"], one["line"]),
                remedy=f"Correct the pattern so that it finds {still[0]}, or remove the include and the files",
            )


def _left_out(candidate: Json, host: Host, lost: dict[str, Json]) -> Iterator[Json]:
    """Names in sections that a condition leaves out now."""
    slips = {raised.node["raw"] for raised in misspelled(candidate, host)}
    wrong = [one for one in candidate["reads"]["conditions"] if not one["holds"] and line(one)["raw"] in slips]
    for one in candidate["reads"]["left_out"]:
        name = bare(one["name"])
        if name in lost and not wrong:
            yield finding(
                "name-left-out",
                f"Nothing answers {name} any more: a condition around its virtual host is not true now",
                severity=WARNING,
                place=spot(one["file"], one["line"]),
                remedy="Load the module or define the name that the condition asks for, if the site is to go on",
            )


def _not_included(candidate: Json, changes: Mapping[str, Json]) -> Iterator[Json]:
    """New files beside included ones whose name the include does not match."""
    read = set(candidate["includes"])
    patterns: dict[str, list[str]] = {}
    for one in candidate["reads"]["includes"]:
        directory, pattern = os.path.split(one["pattern"])
        if "*" in pattern and "*" not in directory:
            patterns.setdefault(directory, []).append(pattern)
    for path, entry in sorted(changes.items()):
        directory, name = os.path.split(path)
        if entry["kind"] == "absent" or path in read or directory not in patterns:
            continue
        shown = " and ".join(sorted(set(patterns[directory])))
        ending = patterns[directory][0].lstrip("*")
        bare_link = entry["kind"] == "link" and "." not in name and ending.startswith(".")
        if not (bare_link or ending.strip(".") in name or nearest(os.path.splitext(name)[1], [ending])):
            continue
        yield finding(
            "file-not-included",
            f"httpd does not read {path}: the includes of {directory} take {shown} alone",
            severity=ERROR if bare_link else WARNING,
            place=path,
            remedy=f"Call it {name}{ending}"
            if bare_link
            else "Give it a name that is included, if httpd is to read it",
        )


def _renamed(live: Json, candidate: Json, lost: dict[str, Json]) -> Iterator[Json]:
    """Lost names where the candidate has a new one that looks like them."""
    known = {bare(name) for host in live["vhosts"] for name in (host["name"], *host["aliases"])}
    new = {bare(name): host for host in candidate["vhosts"] for name in (host["name"], *host["aliases"])}
    brought = set(new) - known
    for name in sorted(lost)[:_SLIPS]:
        near = nearest(name, brought)
        if near:
            yield finding(
                "name-renamed",
                f"Nothing answers {name} any more; {near} is new and looks almost like it",
                severity=WARNING,
                place=spot(new[near]["file"], new[near]["line"]),
                remedy="Correct the name if it is a slip; probes will ask for the old one",
            )
