"""An incident of a fleet of any size, gathered; and a recorded push."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from safedeploy.core.diagnose.diagnosis import diagnose
from safedeploy.core.diagnose.evidence import Evidence, HostEvidence
from safedeploy.core.history import Event, Run
from safedeploy.core.report.gathered import Gathered
from tests.unit.diagnose.fleets import BEGAN, NOW, SINCE, change, window

RUN = "20261127T101010Z-abcdef"
STARTED = datetime.fromtimestamp(BEGAN - 30, UTC)


def run(**more):
    given = {
        "run": RUN, "environment": "prod", "project": "shop", "command": "push", "actor": "ops@laptop",
        "started": STARTED, "ended": STARTED + timedelta(seconds=40), "exit_code": 0, "summary": "3 confirmed",
        "release": "abc123", **more,
    }  # fmt: skip
    return Run(**given)


def gathered(hosts=3, broken=1, *, changed=True, **more):
    """`broken` of `hosts` fail a fifth of their requests from BEGAN on."""
    names = [f"web{number:03}" for number in range(1, hosts + 1)]
    windows = {name: window(bad=0.2 if number < broken else 0.0) for number, name in enumerate(names)}
    changes = (change(run=RUN, hosts=tuple(names[:broken])),) if changed else ()
    evidence = Evidence(
        environment="prod",
        since=SINCE,
        until=NOW,
        hosts={name: HostEvidence(window=one) for name, one in windows.items()},
        changes=changes,
    )
    given = {
        "windows": windows,
        "during": windows,
        "runs": (run(),),
        "summaries": {RUN: "3 confirmed"},
        "changes": changes,
    }
    found = diagnose(evidence, run="r9")
    return Gathered(environment="prod", run="r9", since=SINCE, until=NOW, found=found, **{**given, **more})


def events(hosts=3, failing=()):
    """What a push of so many hosts records, one host after the other."""
    found, at, number = [], STARTED, 0

    def add(kind, seconds=0.0, **more):
        nonlocal at, number
        at += timedelta(seconds=seconds)
        number += 1
        found.append(Event(run=RUN, seq=number, at=at, kind=kind, **more))

    names = [f"web{each:03}" for each in range(1, hosts + 1)]
    add("phase", phase="preflight", text=f"{hosts} hosts in parallel")
    for name in names:
        add("host", 0.01, host=name, phase="preflight", result="ok", text="Stage and test the release")
    add("phase", phase="rollout", text="batches of 1")
    for name in names:
        bad = name in failing
        add("host", 0.4, host=name, phase="rollout", result="failed" if bad else "ok", text="Activate the release")
    for name in names:
        add("host-ended", host=name, result="reverted" if name in failing else "confirmed", text="as it should be")
    return tuple(found)
