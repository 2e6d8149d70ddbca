"""The error-rate gate: what visitors get after a batch has changed decides whether the rollout goes on."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from contextlib import contextmanager

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e import program
from tests.e2e.documented_shape import problems

pytestmark = pytest.mark.shadow

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
    # A short past: what an earlier test did to the host is in its logs still.
    project.rollout(bake="3s", gate={"min_requests": 60, "before": "6s", **gate})
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


# What all hosts share and visitors alone see, while the file is there.
OUTAGE = """\
<If "-f '/run/outage' && %{HTTP_USER_AGENT} == '' && %{HTTP_HOST} =~ /^app/">
    Redirect 503 "/"
</If>
"""


@pytest.fixture
def shared_backend(pushed, namespaces):
    """Every host depends on the same thing; a context manager has it fail on all of them."""

    def on_all(script):
        pushed.each(lambda host: pushed.shell(host, script))

    on_all(f"cat > /etc/apache2/conf-enabled/outage.conf <<'END'\n{OUTAGE}END\napache2ctl graceful")
    try:
        yield lambda: on_all("touch /run/outage")
    finally:
        on_all("rm -f /run/outage")


def test_an_outage_that_hits_all_hosts_alike_is_not_put_down_to_the_change(pushed, project, shared_backend):
    project.second_release()
    project.without_shadow()
    with visited(pushed, project), project.start("push", "lab", "--yes", "--no-diff", "--hold") as running:
        running.wait_for("web1: ok: Activate the release")
        shared_backend()
        done = running.done()
    assert done.code == ExitCode.OK, done.text
    assert done.ends() == {"web1": "held", "web2": "untouched", "web3": "untouched"}
    assert "warning: 5xx share rose from 0.0 % to " in done.out, done.text
    assert ": not put down to the change" in done.out


def quiet(project, **gate):
    """A good change to one host that nobody visits, or too few do."""
    project.second_release()
    project.without_shadow()
    project.rollout(bake="1s", gate=gate)
    return "--limit", "web1"


def test_with_too_little_traffic_the_rollout_goes_on_and_says_so(pushed, project):
    done = project.push(*quiet(project))
    assert done.code == ExitCode.OK, done.text
    said = "too little traffic to judge (0 requests of at least 100), went on by policy"
    assert said in done.out
    assert "web1: ok: web1: 0 requests" in done.err


def test_waiting_for_traffic_ends_as_soon_as_there_is_enough(pushed, project):
    limit = quiet(project, too_little="wait", wait="15s", min_requests=60)
    with pushed.visitors(["web1"]) as visitors:
        time.sleep(2)
        done = project.push(*limit, "--json")
    assert done.code == ExitCode.OK, done.text
    assert visitors.failures == ()
    (traffic,) = done.document["traffic"]
    assert (traffic["verdict"], traffic["action"]) == ("go", "went on")
    assert traffic["now"]["requests"] >= 60


def test_without_a_terminal_nobody_can_be_asked_and_the_batch_goes_back(pushed, project):
    before = pushed.trees()
    done = project.push(*quiet(project, too_little="ask"))
    assert done.code == ExitCode.REVERTED, done.text
    assert done.ends() == {"web1": "reverted"}
    assert "and there is nobody to ask" in done.out
    assert pushed.trees() == before


def test_a_person_at_a_terminal_is_left_the_decision(pushed, project):
    limit = quiet(project, too_little="ask")
    person, terminal = pty.openpty()
    try:
        done = subprocess.run(
            [str(program.PROGRAM), "push", "lab", "--yes", "--no-diff", *limit],
            cwd=project.root,
            env={**os.environ, **project.environ},
            stdin=terminal,
            capture_output=True,
            text=True,
            check=False,
            timeout=program.LIMIT,
        )
    finally:
        os.close(person)
        os.close(terminal)
    assert done.returncode == ExitCode.OK, done.stdout + done.stderr
    assert "held for a person" in done.stdout
    assert project.status()["web1"]["pending"]["held"] is True
    assert project.run("confirm", "lab", "--yes").ends() == {"web1": "confirmed"}
