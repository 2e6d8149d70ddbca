"""Something that was changed on a host by hand, past safedeploy.

Weighed as a run is: by when it was done, and by which hosts suffer. What httpd has not loaded yet has no effect, but
for an .htaccess file, which is read at each request.
"""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.core.diagnose import codes, timing, wording
from safedeploy.core.diagnose.evidence import Evidence, HostEvidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Refers, Scale
from safedeploy.core.diagnose.seen import Touched
from safedeploy.core.drift import DriftItem, DriftKind

ID = "hand-edit"
TITLE = "an edit by hand"


def judge(evidence: Evidence) -> Hypothesis:
    """The edit that fits best."""
    read = [host for host, one in evidence.hosts.items() if one.drift is not None]
    if not read:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no host could be held against what was deployed",))
    found: dict[str, list[tuple[str, DriftItem, float | None]]] = {}
    for host, item, at in timing.edits(evidence):
        found.setdefault(item.path or item.text, []).append((host, item, at))
    unmanaged = list(_unmanaged(evidence, set(found)))
    if unmanaged and not found:
        return max(unmanaged, key=lambda one: one.weight or 0.0)
    if found:
        return max(
            (*unmanaged, *(_one(evidence, path, items) for path, items in found.items())),
            key=lambda one: one.weight or 0.0,
        )
    scale = Scale()
    scale.take(0.0, f"nothing differs from what was deployed on {wording.hosts(read, evidence.every)}")
    return scale.judged(ID, TITLE)


def _unmanaged(evidence: Evidence, known: set[str]) -> Iterator[Hypothesis]:
    """What was written to past safedeploy, and is no file of its own."""
    managed = {path for change in evidence.changes or () for path in change.paths}
    found: dict[str, list[tuple[str, Touched]]] = {}
    for host, one in evidence.hosts.items():
        for touched in one.seen.touched if one.seen else ():
            if touched.path not in known | managed | one.managed and _in_force(one, touched):
                found.setdefault(touched.path, []).append((host, touched))
    for path, items in found.items():
        hosts = tuple(host for host, _ in items)
        scale = Scale()
        at = max(touched.at - evidence.hosts[host].offset for host, touched in items)
        what = f"{path}, which safedeploy does not manage, was written to on {wording.hosts(hosts, evidence.every)}"
        timing.near(scale, evidence, at, at, what)
        _weigh_later_run(scale, evidence, at)
        timing.same_hosts(scale, evidence, hosts)
        timing.faults(scale, evidence, codes.CONFIGURATION, path)
        step = (
            f"See what changed in {path}, and put it back; to have it looked after, take it in with `safedeploy adopt`."
        )
        yield scale.judged(
            ID,
            TITLE,
            hosts=hosts,
            next_step=step,
            refers=Refers(path=path, rule=codes.rule(codes.lines(evidence, codes.CONFIGURATION))),
        )


def _in_force(host: HostEvidence, touched: Touched) -> bool:
    """Whether httpd goes by it: it is read at each request, or httpd has loaded its configuration since."""
    loaded = timing.parsed(host.seen.loaded_at) if host.seen else None
    return touched.in_place or (loaded is not None and loaded >= touched.at - 1)


def _one(evidence: Evidence, path: str, items: list[tuple[str, DriftItem, float | None]]) -> Hypothesis:
    scale = Scale()
    hosts = tuple(host for host, _, _ in items)
    first = items[0][1]
    times = [at for _, _, at in items if at is not None]
    what = f"{first.text} on {wording.hosts(hosts, evidence.every)}"
    if times:
        timing.near(scale, evidence, max(times), max(times), f"{what}, changed")
        _weigh_later_run(scale, evidence, max(times))
    else:
        scale.add(0.25, f"{what}; when is not known")
    timing.same_hosts(scale, evidence, hosts)
    unloaded = [host for host in hosts if _is_not_loaded(evidence, host, path)]
    if unloaded and not path.endswith(".htaccess"):
        scale.take(0.5, f"httpd of {wording.hosts(unloaded)} has not loaded it")
    elif evidence.trouble is not None:
        timing.faults(scale, evidence, codes.CONFIGURATION | codes.UNREADABLE, path)
        _weigh_backends(scale, evidence, hosts, path)
    for hint in first.who[:2]:
        scale.add(0.0, f"{hint.source}: {hint.text}")
    return scale.judged(
        ID,
        TITLE,
        hosts=hosts,
        next_step=f"See it with `safedeploy drift {evidence.environment}`; put back what was deployed with "
        f"`safedeploy drift {evidence.environment} --fix`.",
        refers=Refers(path=path, rule=codes.rule(codes.lines(evidence, codes.CONFIGURATION))),
    )


def _weigh_later_run(scale: Scale, evidence: Evidence, at: float) -> None:
    """Take away where a run changed hosts between the edit and the trouble: until then all was well."""
    began = evidence.trouble.began if evidence.trouble is not None else None
    for change in evidence.changes or ():
        if began is not None and at < change.at <= began + timing.SLACK:
            scale.take(0.2, f"after it, and before the trouble, came {change.run}")
            return


def _weigh_backends(scale: Scale, evidence: Evidence, hosts: tuple[str, ...], path: str) -> None:
    """A backend that fails, and that the edited file names."""
    for host in hosts:
        seen = evidence.hosts[host].seen
        for one in seen.backends if seen else ():
            if one.state != "ok" and one.place.startswith(f"{path}:") and timing.edit_of(evidence, one.place):
                scale.add(0.3, f"its backend {one.name} ({one.place}) fails: {one.why}")
                return


def _is_not_loaded(evidence: Evidence, host: str, path: str) -> bool:
    items = [one for one in evidence.hosts[host].drift or () if one.kind is DriftKind.NOT_RELOADED]
    return any(path == one.path or path in one.text for one in items)


CAUSE = Cause(id=ID, noun="an edit by hand", judge=judge)
