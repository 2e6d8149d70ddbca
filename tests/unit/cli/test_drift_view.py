"""A drift check on the screen: of a large fleet it can still be read, and is there at once."""

from __future__ import annotations

import io
import time

from rich.console import Console

from safedeploy.cli.drift_view import show_drift, show_left
from safedeploy.core.drift import Drift, DriftKind, HostDrift, new_item


def checked(hosts, items):
    return Drift(
        environment="prod",
        run="r",
        at=0,
        seconds=1,
        hosts={
            name: HostDrift(
                host=name,
                release="r1",
                items=tuple(new_item(name, kind, text, path=path) for kind, text, path in items),
            )
            for name in hosts
        },
    )


def text_of(show, *arguments):
    console = Console(file=io.StringIO(), width=400)
    show(console, *arguments)
    return console.file.getvalue()


def test_the_same_on_most_of_a_large_fleet_is_one_line_that_can_be_read():
    drift = checked([f"web{number}" for number in range(200)], [])
    drifted = checked([f"web{number}" for number in range(199)], [(DriftKind.EDITED, "edited", "/etc/a.conf")])
    both = Drift(**{**vars(drift), "hosts": {**drift.hosts, **drifted.hosts}})
    for shown in (text_of(show_drift, both), text_of(show_left, both)):
        assert "web19 and 179 more of 200 hosts" in shown
        assert "web20" not in shown
    assert "edited: /etc/a.conf on all 199 hosts" in text_of(show_drift, drifted)


def test_many_findings_on_many_hosts_are_shown_at_once():
    items = [(DriftKind.EDITED, "edited", f"/etc/{number}.conf") for number in range(150)]
    drift = checked([f"web{number}" for number in range(200)], items)
    began = time.monotonic()
    assert text_of(show_drift, drift).count("on all 200 hosts") == 150
    assert time.monotonic() - began < 10
