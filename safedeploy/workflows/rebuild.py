"""Rebuild the history from what the hosts know: their audits, and the releases that they have stored. Changes no host.

The project is rendered first: it tells what of the stored files is secret.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safedeploy.adapters.history.rebuild import put_rebuilt
from safedeploy.adapters.ssh import Answer, Reply
from safedeploy.core.observed import ADOPTED
from safedeploy.core.rebuilt import Audited, Confirmed, audited, rebuilt
from safedeploy.core.rebuilt_files import host_trees
from safedeploy.core.recording import Record, without_repeats
from safedeploy.core.shape import Shape
from safedeploy.core.tree import Kind, Tree, tree_from_json
from safedeploy.workflows import rendering
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.history import opened
from safedeploy.workflows.observe import Seen, observe
from safedeploy.workflows.planning import masker_of
from safedeploy.workflows.session import Session

AT_ONCE = 4 * 1024 * 1024
MOST_CALLS = 16
MOST_TEXT = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Result:
    """How many runs hosts told of, how many of them the history did not have, and lines that were not understood."""

    told: int
    added: int
    odd: int
    seen: Seen


def rebuild(session: Session) -> Result:
    """Ask every host, and add what the history does not have. Raises SafedeployError, also when nothing renders."""
    desired = rendering.render(session)
    sites = {host: item.site for host, item in desired.items()}
    seen = observe(session, sites)
    sites = {host: site for host, site in sites.items() if host in seen.hosts}
    audits = {host: audited(host, lines, session.hide) for host, lines in _lines(session, sites).items()}
    releases = _releases(session, sites, seen)
    policy = session.policy
    told = rebuilt(
        policy.project,
        policy.environment,
        [line for one in audits.values() for line in one.lines],
        _provenance(seen),
    )
    scope = {"project": policy.project, "environment": policy.environment}
    files = list(without_repeats(_files(session, desired, releases, told.confirmed, scope)))
    with opened(policy) as (store, _), store.writing() as connection:
        added = put_rebuilt(connection, told.runs, told.events, files)
    return Result(told=len(told.runs), added=added, odd=_odd(audits), seen=seen)


def _odd(audits: Mapping[str, Audited]) -> int:
    return sum(one.odd for one in audits.values())


def _lines(session: Session, sites: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """The whole audit of every host, bounded."""
    found: dict[str, list[str]] = {host: [] for host in sites}
    offsets = dict.fromkeys(sites, 0)
    for _ in range(MOST_CALLS):
        if not offsets:
            break
        requests = {
            host: {"site": sites[host], "offset": offset, "max_bytes": AT_ONCE} for host, offset in offsets.items()
        }
        offsets = {}
        for host, reply in session.fleet.call("audit", requests).items():
            if isinstance(reply, Answer):
                lines, offset = reply.result.get("lines"), reply.result.get("offset")
                found[host] += [line for line in lines or () if isinstance(line, str)]
                if reply.result.get("more") is True and isinstance(offset, int):
                    offsets[host] = offset
    return found


def _releases(session: Session, sites: Mapping[str, Mapping[str, Any]], seen: Seen) -> dict[str, dict[str, Tree]]:
    """The effective trees of the releases that each host has stored, and of what was there before the first."""
    names = {host: [ADOPTED, *(str(one["release"]) for one in seen.hosts[host].releases)] for host in sites}
    found: dict[str, dict[str, Tree]] = {host: {} for host in sites}
    for number in range(max(map(len, names.values()), default=0)):
        requests = {
            host: {"site": sites[host], "release": some[number]} for host, some in names.items() if number < len(some)
        }
        for host, reply in session.fleet.call("read", requests).items():
            tree = _tree(reply)
            if tree is not None:
                found[host][names[host][number]] = tree
    return found


def _tree(reply: Reply) -> Tree | None:
    if not isinstance(reply, Answer):
        return None
    try:
        return tree_from_json(reply.result["effective"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _provenance(seen: Seen) -> dict[str, Mapping[str, Any]]:
    """By run, the provenance of the release that it has made."""
    found: dict[str, Mapping[str, Any]] = {}
    for one in seen.hosts.values():
        for release in one.releases:
            provenance = release.get("provenance")
            if isinstance(provenance, Mapping) and (run := Shape(provenance).text("run")):
                found[run] = provenance
    return found


def _files(
    session: Session,
    desired: Mapping[str, Desired],
    releases: Mapping[str, Mapping[str, Tree]],
    confirmed: tuple[Confirmed, ...],
    scope: Mapping[str, str],
) -> Iterator[Record]:
    private = frozenset().union(*(item.tree.secret_paths for item in desired.values()))
    for host, trees in releases.items():
        yield from host_trees([one for one in confirmed if one.host == host], trees, private)
    if session.policy.history.store_content:
        yield from ({**record, **scope} for record in _texts(session, desired, releases, private))


def _texts(
    session: Session,
    desired: Mapping[str, Desired],
    releases: Mapping[str, Mapping[str, Tree]],
    private: frozenset[str],
) -> Iterator[Record]:
    """The masked texts of stored files, of paths that the project renders: of others nobody knows what is secret."""
    wanted: dict[str, dict[str, str]] = {host: {} for host in releases}
    taken: set[str] = set()
    for host, trees in releases.items():
        for tree in trees.values():
            for path, entry in tree.items():
                fits = entry.kind is Kind.FILE and entry.sha256 and (entry.size or 0) <= MOST_TEXT
                if fits and path not in private and entry.sha256 not in taken and _rendered(desired[host], path):
                    taken.add(str(entry.sha256))
                    wanted[host][str(entry.sha256)] = path
    requests = {
        host: {"site": desired[host].site, "sha256": list(some), "max_bytes": 2 * AT_ONCE}
        for host, some in wanted.items()
        if some
    }
    masker = masker_of(desired)
    for host, reply in (session.fleet.call("content", requests) if requests else {}).items():
        if not isinstance(reply, Answer):
            continue
        for sha256, path in wanted[host].items():
            text = _decoded(reply, sha256)
            if text is not None:
                masked = masker.old_text(text, _rendered(desired[host], path) or "")
                yield {"kind": "text", "sha256": sha256, "text": session.hide(masked)}


def _decoded(reply: Answer, sha256: str) -> str | None:
    try:
        return base64.b64decode(reply.result["content"][sha256], validate=True).decode("utf-8")
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None


def _rendered(desired: Desired, path: str) -> str | None:
    """The text that the project renders for a path; None when it renders none."""
    entry = desired.tree.entries.get(path)
    content = desired.tree.content.get(entry.sha256 or "") if entry is not None else None
    return None if content is None else content.decode("utf-8", "replace")
