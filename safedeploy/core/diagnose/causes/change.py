"""A run of safedeploy that changed the configuration.

0.7 when the trouble begins during it or at once, 0.6 within two minutes, less with each hour; more when exactly its
hosts suffer, when error logs tell of a fault of configuration, or when a backend that it names does not answer; less
when hosts that it changed are well. Nothing when the trouble is older.
"""

from __future__ import annotations

from safedeploy.core.diagnose import codes, timing, wording
from safedeploy.core.diagnose.evidence import Change, Evidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Refers, Scale

ID = "change"
TITLE = "a change of the configuration"


def judge(evidence: Evidence) -> Hypothesis:
    """The change that fits best."""
    if evidence.changes is None:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no history of runs can be read",))
    judged = [(_one(evidence, change), change) for change in evidence.changes]
    if judged:
        return max(judged, key=lambda one: (one[0].weight or 0.0, _place(evidence, one[1])))[0]
    scale = Scale()
    last = evidence.last_change
    if last is None:
        scale.take(0.0, "safedeploy has changed no host that the history knows of")
    else:
        scale.take(0.0, f"the last change was {wording.ago(evidence.until - last.at)} ago ({last.run})")
    return scale.judged(ID, TITLE)


def _place(evidence: Evidence, change: Change) -> tuple[bool, float]:
    """Of changes that weigh alike: the last one before the trouble, else the first after: later ones answer it."""
    began = evidence.trouble.began if evidence.trouble is not None else None
    if began is None:
        return True, change.at
    before = change.at <= began
    return before, change.at if before else -change.at


def _one(evidence: Evidence, change: Change) -> Hypothesis:
    scale = Scale()
    what = f"{change.command} of {change.release or change.run} by {change.actor}"
    if change.ended is None:
        what += ", whose end is not on record yet,"
    timing.near(scale, evidence, change.at, change.ended, what)
    timing.same_hosts(scale, evidence, change.hosts, at_it=change.ended is None)
    if evidence.trouble is not None:
        timing.faults(scale, evidence, codes.CONFIGURATION, None)
        _as_its_backends(scale, evidence, change)
    if change.paths:
        more = len(change.paths) - 3
        shown = [*change.paths[:3], f"{more} more"] if more > 1 else list(change.paths)
        scale.add(0.0, f"it changed {wording.listed(shown)}")
    for line in change.lines[:3]:
        scale.add(0.0, line)
    path = change.paths[0] if change.paths else None
    return scale.judged(
        ID,
        TITLE,
        hosts=change.hosts,
        next_step=f"Look at it with `safedeploy show {change.run}`; go back with "
        f"`safedeploy rollback {evidence.environment}`.",
        refers=Refers(run=change.run, rule=_rule(evidence), path=path),
    )


def _rule(evidence: Evidence) -> str | None:
    """The rule of the linter that is about what error logs say now."""
    return codes.rule(codes.lines(evidence, codes.CONFIGURATION)) if evidence.trouble is not None else None


def _as_its_backends(scale: Scale, evidence: Evidence, change: Change) -> None:
    """A backend that does not answer, and stands in a file that this run changed."""
    for host, one in evidence.hosts.items():
        for backend in one.seen.backends if one.seen else ():
            if backend.state != "ok" and timing.change_of(evidence, backend.place) is change:
                scale.add(
                    0.3, f"it changed {backend.place}, whose backend {backend.name} fails on {host}: {backend.why}"
                )
                return


CAUSE = Cause(id=ID, noun="a change by safedeploy", judge=judge)
