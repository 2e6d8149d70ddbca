"""The error-rate gate: what visitors get after a batch has changed decides whether the rollout goes on."""

from __future__ import annotations

import time
from contextlib import contextmanager

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems

# Visitors have no User-Agent, checks and probes have one: nobody but visitors sees these. Ports of clients are even.
SOME = """\
RewriteEngine On
RewriteCond "%{HTTP_USER_AGENT}" "^$"
RewriteCond "%{REMOTE_PORT}" "[04]$"
RewriteRule "^" "-" [R=500,L]

"""


def fails_for_some_visitors(project):
    """A change that answers four in ten requests to app and www with 500: about one in four of all."""
    project.append("templates/parts/own.j2", SOME)


@contextmanager
def visited(fleet, project, **gate):
    """Visitors who have been there for a while, and a gate that needs little of them."""
    project.rollout(bake="3s", gate={"min_requests": 60, **gate})
    with fleet.visitors() as visitors:
        time.sleep(2)
        yield visitors


def test_a_change_that_fails_for_some_visitors_stops_at_the_canary_and_goes_back(pushed, project):
    before = pushed.trees()
    fails_for_some_visitors(project)
    with visited(pushed, project) as visitors:
        done = project.push("--json")
    assert done.code == ExitCode.REVERTED, done.text
    ends = {host: item["end"] for host, item in done.document["hosts"].items()}
    assert ends == {"web1": "reverted", "web2": "untouched", "web3": "untouched"}
    assert set(visitors.failed_by_host()) == {"web1"}
    assert pushed.trees() == before
    why = done.document["hosts"]["web1"]["why"]
    assert why.startswith("5xx share rose from 0.0 % to ")
    assert why.endswith("unchanged hosts 0.0 %")
    (traffic,) = done.document["traffic"]
    assert (traffic["verdict"], traffic["action"]) == ("stop", "taken back")
    assert traffic["compared_with"] == ["web2", "web3"]
    assert problems(done.document, "safedeploy-push") == []
