"""The trees of hosts as their own stored releases tell of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from safedeploy.core.observed import ADOPTED
from safedeploy.core.rebuilt import Confirmed
from safedeploy.core.recording import Record, entry_record, tree_name
from safedeploy.core.tree import Tree


def host_trees(
    confirmed: Sequence[Confirmed], releases: Mapping[str, Tree], private: Collection[str]
) -> Iterator[Record]:
    """The records of one host, in order. `releases` are the effective trees that it still has stored.

    What a release that it has forgotten held is not known: the first one that is known then counts as what was there
    before the history began, but for what its run changed.
    """
    before, before_release = releases.get(ADOPTED), ADOPTED
    for one in sorted(confirmed, key=lambda item: item.at):
        tree = releases.get(one.release)
        if tree is None:
            before, before_release = None, one.release
            continue
        if before is None:
            before = {path: entry for path, entry in tree.items() if path not in one.changed}
        changed = [path for path in tree if tree[path] != before.get(path)]
        old, new = _entries(before, private), _entries(tree, private, changed)
        for entries in (old, new):
            yield {"kind": "tree", "digest": tree_name(entries), "entries": entries}
        yield {
            "kind": "host-tree",
            "run": one.run,
            "host": one.host,
            "at": one.at.isoformat(),
            "end": "confirmed",
            "release": one.release,
            "tree": tree_name(new),
            "before": tree_name(old),
            "before_release": before_release,
            "changed": changed,
        }
        before, before_release = tree, one.release


def _entries(tree: Tree, private: Collection[str], changed: Collection[str] = ()) -> dict[str, Any]:
    return {path: entry_record(entry, private=path in private, changed=path in changed) for path, entry in tree.items()}
