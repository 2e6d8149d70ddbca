"""No push takes more hosts out of service than may be, those that are down already included."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import ExitCode

TWO = ("--limit", "web1,web2")


@pytest.fixture
def one_down(pushed):
    """The fleet with the httpd of web3 stopped."""
    pushed.lab.stop_httpd("web3")
    try:
        yield pushed
    finally:
        pushed.lab.start_httpd("web3")


def test_a_push_does_not_begin_while_as_many_are_down_as_may_be_also_beyond_its_limit(one_down, project):
    before = one_down.trees()
    project.rollout(max_unavailable=1)
    project.second_release()
    done = project.push(*TWO)
    assert done.code == ExitCode.REFUSED, done.text
    assert "error[no-room]: 1 of 3 hosts out of service already, and max_unavailable allows 1:" in done.err
    assert "web3: httpd does not run" in done.err
    assert one_down.trees() == before


def test_batches_are_cut_to_what_is_left_and_the_screen_says_so(one_down, project):
    project.rollout(max_unavailable="67%", batches=[2])
    project.second_release()
    done = project.push(*TWO)
    assert done.code == ExitCode.OK, done.text
    assert "batches 1 (cut from 2: max_unavailable allows 2 of 3 hosts; out of service already: web3)" in done.err
