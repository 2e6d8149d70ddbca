"""A host that no restored configuration brings up: what is left there, and what a person does by hand."""

from __future__ import annotations

import shlex

from . import switch, tree
from .clock import iso
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .services import Services
    from .store import Store

MOST = 20


def strand(store: Store, services: Services, record: Json, *, cause: str, tried: list[Json]) -> AgentError:
    """Leave the files as they were before the activation, if that can be done; return the error to raise."""
    now = services.now()
    try:
        switch.apply(store, record["before"], make=switch.directories(record["before"], store.roots))
        services.restore_others(record.get("services") or [])
        services.reload()
    except (AgentError, OSError) as error:
        tried.append({"went_to": "before", "release": record["before_release"], "why": str(error)})
    steps = by_hand(store, record)
    state = store.state.load()
    state.update(
        pending=None,
        current=record["before_release"],
        stranded={"since": iso(now), "cause": cause, "steps": steps, "tried": tried, "record": record},
    )
    store.state.save(state)
    store.journal.clear()
    store.audit("stranded", now, activation=record["activation"], release=record["release"], cause=cause, tried=tried)
    return AgentError(
        "stranded",
        f"the activation of {record['release']} failed ({cause}) and no earlier configuration brings httpd up: "
        + "; ".join(f"{item['went_to']} ({item['release']}): {item['why']}" for item in tried),
        state="This host needs hands: httpd may be down, or may not serve.",
        next=steps[0],
        detail={"cause": cause, "tried": tried, "steps": steps},
    )


def by_hand(store: Store, record: Json) -> list[str]:
    """The steps for a person with a shell on the host."""
    control = " ".join(shlex.quote(word) for word in store.site["httpd"].get("control", ["apachectl"]))
    agent = f"python3 -I -S {shlex.quote(store.directory)}/agent/current"
    steps = [f"See what httpd says: {control} configtest; then its error log."]
    steps += [f"Restore by hand: {line}" for line in _restoring(store, record)]
    steps += [f"Reload {item['name']}: {shlex.join(item['argv'])}" for item in record.get("services") or []]
    steps += [
        f"Start httpd: {control} graceful (it starts a stopped server).",
        f"Tell safedeploy that the host is well again: {agent} revert --state-dir {shlex.quote(store.directory)}",
    ]
    return steps


def _restoring(store: Store, record: Json) -> list[str]:
    lines = []
    before = record["before"]
    for path, entry in sorted(tree.changes(store.live(before), before).items()):
        there = shlex.quote(path)
        if entry["kind"] == "file":
            lines.append(
                f"install -m {entry['mode']} -o {shlex.quote(entry['owner'])} -g {shlex.quote(entry['group'])} "
                f"{shlex.quote(store.objects.path(entry['sha256']))} {there}"
            )
        elif entry["kind"] == "link":
            lines.append(f"ln -sfn {shlex.quote(entry['target'])} {there}")
        else:
            lines.append(f"rm -f {there}")
    more = len(lines) - MOST
    return lines[:MOST] + ([f"and {more} more, in state.json under stranded.record.before"] if more > 0 else [])
