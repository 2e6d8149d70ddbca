"""What a host is: read from its disk and its records, in the words of `expected`."""

from __future__ import annotations

import stat

from safedeploy_host import fsio, kept_aside, tree
from safedeploy_host.objects import referenced

from tests.unit.agent.world import World
from tests.unit.agent_states.expected import Host, Record, above


def host(world: World) -> Host:
    """The host as it is now."""
    state, root = world.state, str(world.root)
    found = {str(path): path for path in world.root.rglob("*")}
    files = {path: tree.live_entry(path, [root]) for path, at in found.items() if at.is_symlink() or not at.is_dir()}
    return Host(
        files=files,
        directories=frozenset(found) - frozenset(files) | frozenset(above(f"{root}/x")),
        adopted=world.store.adopted.entries(),
        current=state["current"],
        known_good=state["known_good"],
        history=tuple((item["release"], item.get("activation")) for item in state["history"]),
        pending=_record(state["pending"]),
        last=_record(state["last"]),
        stranded=_record((state["stranded"] or {}).get("record")),
    )


def _record(stored: dict | None) -> Record | None:
    if stored is None:
        return None
    return Record(
        release=stored["release"],
        before=stored["before"],
        before_release=stored["before_release"],
        activation=stored["activation"],
        made=frozenset(stored["directories"]),
    )


def check_at_rest(world: World) -> None:
    """What holds of every host on which no command runs and nothing is due."""
    store, state = world.store, world.state
    assert store.journal.read() is None
    assert not list(world.root.rglob(f"{fsio.TEMPORARY}*")), "temporary files among the live ones"
    assert not list(world.state_dir.rglob(f"*{fsio.NEW}")), "halves of records are left"
    for path in world.root.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) == 0o755, f"httpd cannot read {path}"
    trees = [store.adopted.entries(), *kept_aside.trees(store)]
    trees += [store.effective(release) for release in {state["known_good"], state["current"]} - {None}]
    trees += [record["before"] for record in (state["pending"], state["last"]) if record]
    damaged = [sha256 for sha256 in referenced(trees) if not store.objects.intact(sha256)]
    assert damaged == [], "what a revert needs is lost"
