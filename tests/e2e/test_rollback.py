"""A rollback is a push of a release that the hosts have."""

from __future__ import annotations

from safedeploy.core.errors import ExitCode


def test_a_rollback_brings_back_the_release_before(pushed, project):
    first = pushed.trees()
    project.second_release()
    assert project.push().code == ExitCode.OK
    with pushed.visitors() as visitors:
        done = project.run("rollback", "lab", "--yes")
    assert done.code == ExitCode.OK, done.text
    assert "-Header always set Content-Security-Policy" in done.out, "the plan of the rollback shows no difference"
    assert pushed.trees() == first
    assert visitors.failures == ()


def test_a_rollback_to_adopted_brings_back_what_was_there_before_the_first_push(untouched, project):
    before = untouched.trees()
    assert project.push().code == ExitCode.OK
    done = project.run("rollback", "lab", "--yes", "--no-diff", "--to", "adopted")
    assert done.code == ExitCode.OK, done.text
    assert "rollback of lab to release adopted: 3 confirmed" in done.out
    assert untouched.trees() == before


def test_a_rollback_to_a_named_release_brings_back_that_one(pushed, project):
    first = project.status()["web1"]["live"]
    trees = pushed.trees()
    project.second_release()
    assert project.push().code == ExitCode.OK
    second = project.status()["web1"]["live"]
    done = project.run("rollback", "lab", "--yes", "--no-diff", "--to", first, "--from", second)
    assert done.code == ExitCode.OK, done.text
    assert pushed.trees() == trees
    assert {host["live"] for host in project.status().values()} == {first}
    again = project.run("rollback", "lab", "--yes", "--no-diff", "--from", second)
    assert again.code == ExitCode.REFUSED
    assert "error[release-not-present]" in again.err
    assert pushed.trees() == trees


def test_a_release_that_no_host_has_is_refused_with_those_that_are_there(pushed, project):
    first = project.status()["web1"]["live"]
    done = project.run("rollback", "lab", "--yes", "--to", "0123456789ab")
    assert done.code == ExitCode.REFUSED
    assert "error[no-such-release]" in done.err
    assert first in done.err


def test_without_a_release_before_there_is_nothing_to_roll_back_to(untouched, project):
    done = project.run("rollback", "lab", "--yes")
    assert done.code == ExitCode.REFUSED
    assert "error[no-previous-release]" in done.err
