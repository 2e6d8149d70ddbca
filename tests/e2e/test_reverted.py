"""What breaks at run time is taken back by the host that has it, and no other host is touched."""

from __future__ import annotations

import subprocess

import pytest

from safedeploy.core.errors import ExitCode

WINDOW = 3.0  # seconds within which a bad host is back, from its activation


def test_a_site_that_breaks_at_run_time_is_back_within_three_seconds(pushed, project):
    before = pushed.trees()
    project.breaks_the_site()
    with pushed.visitors() as visitors:
        done = project.push()
    assert done.code == ExitCode.REVERTED, done.text
    assert done.ends() == {"web1": "reverted", "web2": "untouched", "web3": "untouched"}
    assert set(visitors.failed_by_host()) == {"web1"}, "another host than the canary failed"
    assert visitors.outage("web1") < WINDOW
    assert pushed.trees() == before
    assert "status 500" in done.out


def test_a_first_push_that_fails_is_taken_back_byte_for_byte(untouched, project):
    before = untouched.trees()
    project.breaks_the_site()
    done = project.push()
    assert done.code == ExitCode.REVERTED
    assert untouched.trees() == before
    untouched.serves()


def test_hosts_that_were_confirmed_go_back_too_when_a_later_one_fails(pushed, project):
    before = pushed.trees()
    project.without_shadow()
    project.second_release()
    project.conf('Alias "/x" "/y"\nRedirectMatch 503 "^"', hosts=("web3",))
    done = project.push()
    assert done.code == ExitCode.REVERTED, done.text
    assert done.ends() == dict.fromkeys(pushed.names, "reverted")
    assert "on_failure: revert-all" in done.out
    assert pushed.trees() == before
    pushed.serves()


def test_with_on_failure_stop_confirmed_hosts_keep_the_new_release(pushed, project):
    project.rollout(on_failure="stop", batches=[1, 1])
    project.without_shadow()
    project.second_release()
    project.conf('RedirectMatch 503 "^"', hosts=("web2",))
    done = project.push()
    assert done.code == ExitCode.REVERTED
    assert done.ends() == {"web1": "confirmed", "web2": "reverted", "web3": "untouched"}


def foreign_key(project):
    """The key of another certificate."""
    key = subprocess.run(
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    (project.root / "files").mkdir()
    (project.root / "files/foreign.key").write_text(key)
    project.variables(safedeploy_files_key=[{"static": "files/foreign.key", "dest": "foreign.key", "mode": "0600"}])
    for host in ("web1", "web2", "web3"):
        project.of_host(host, lab_key="{{ lab_server_root }}/foreign.key")


def no_mime_types(project):
    project.conf("TypesConfig /nowhere/mime.types")


def dead_pipe(project):
    project.conf('CustomLog "|/nowhere/rotatelogs" combined')


@pytest.mark.parametrize("fault", [foreign_key, no_mime_types, dead_pipe], ids=lambda fault: fault.__name__)
def test_a_fault_that_kills_httpd_on_graceful_ends_with_every_host_serving(pushed, project, fault):
    before = pushed.trees()
    project.without_shadow()
    fault(project)
    with pushed.visitors(["web2", "web3"]) as visitors:
        done = project.push("--limit", "web1,web2")
    assert done.code == ExitCode.REVERTED, done.text
    assert done.ends() == {"web1": "reverted", "web2": "untouched"}
    assert visitors.failures == ()
    assert pushed.trees() == before
    pushed.serves()
