"""What a preflight refuses changes no byte on any host."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import ExitCode

pytestmark = pytest.mark.shadow


def test_a_syntax_error_changes_no_byte_on_any_host(pushed, project):
    before = pushed.trees()
    project.syntax_error()
    done = project.push()
    assert done.code == ExitCode.REFUSED
    assert "SSLEngin" in done.err
    assert "www.conf" in done.err
    assert "state: Nothing was changed on any host." in done.err
    assert pushed.trees() == before


def test_a_refused_first_push_leaves_a_host_as_it_never_was_managed(untouched, project):
    before = untouched.trees()
    project.syntax_error()
    assert project.push().code == ExitCode.REFUSED
    assert untouched.trees() == before
    assert all(host["live"] is None for host in project.status().values())


def test_one_bad_host_is_enough_to_refuse_for_all(pushed, project):
    before = pushed.trees()
    project.conf("NoSuchDirective on", hosts=("web3",))
    done = project.push()
    assert done.code == ExitCode.REFUSED
    assert "preflight refused on 1 of" in done.err
    assert pushed.trees() == before


def test_check_says_what_a_push_would_meet_and_changes_nothing(pushed, project):
    before = pushed.trees()
    project.syntax_error()
    refused = project.run("check", "lab", "--no-diff")
    assert refused.code == ExitCode.REFUSED
    assert "SSLEngin" in refused.err
    project.replace("templates/parts/tls.j2", "SSLEngin on", "SSLEngine on")
    project.second_release()
    passed = project.run("check", "lab", "--no-diff")
    assert passed.code == ExitCode.OK
    assert "nothing was changed" in passed.out
    assert pushed.trees() == before
    assert all(host["lease"] is None for host in project.status().values())


def test_a_change_that_needs_a_restart_is_refused_until_it_is_allowed(pushed, project):
    project.conf("ServerLimit 20")
    done = project.push()
    assert done.code == ExitCode.REFUSED
    assert "error[restart-needed]" in done.err
    assert "--allow-restart" in done.err


def test_a_check_of_a_release_that_is_live_already_has_nothing_to_do(pushed, project):
    done = project.run("check", "lab")
    assert done.code == ExitCode.OK
    assert "nothing to preflight" in done.err


def test_a_port_that_another_program_has_on_one_host_is_refused_for_all(pushed, project):
    before = pushed.trees()
    pushed.shell(
        "web1",
        'setsid /usr/bin/python3 -c \'import socket, time; s = socket.create_server(("127.0.0.1", 18099));'
        " time.sleep(60)' >/dev/null 2>&1 &",
    )
    project.conf("Listen 127.0.0.1:18099")
    done = project.push()
    assert done.code == ExitCode.REFUSED, done.text
    assert "18099" in done.err
    assert pushed.trees() == before
