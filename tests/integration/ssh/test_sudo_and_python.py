"""Becoming root, and finding Python."""

from __future__ import annotations

import dataclasses
import subprocess
import threading
import time

import pytest
from sshd import SUDO, Sshd

from safedeploy.adapters.ssh import Kind, Unreachable

pytestmark = pytest.mark.lab

PYTHONS = tuple(f"/usr/bin/python3{minor}" for minor in ("", *(f".{n}" for n in range(8, 15))))


def with_password(password: str):
    return dataclasses.replace(SUDO, password=password)


def test_without_become_the_program_runs_as_the_login_user(sshd: Sshd, ask):
    assert ask(sshd.host(user="deploy")).result["uid"] == 4242


def test_sudo_without_a_password_makes_root(sshd: Sshd, ask):
    assert ask(sshd.host(user="deploy", become=SUDO)).result["uid"] == 0


def test_a_password_that_sudo_does_not_ask_for_reaches_nobody(sshd: Sshd, ask):
    assert ask(sshd.host(user="deploy", become=with_password("sesame"))).result["uid"] == 0


def test_another_user_than_root_can_be_become(sshd: Sshd, ask):
    become = dataclasses.replace(SUDO, user="deploy")
    assert ask(sshd.host(user="root", become=become)).result["uid"] == 4242


def test_another_become_method_is_refused_clearly(sshd: Sshd, ask):
    reply = ask(sshd.host(user="deploy", become=dataclasses.replace(SUDO, method="su")))
    assert reply.kind is Kind.NO_SUDO
    assert "su" in reply.reason


@pytest.fixture(scope="module")
def strict(open_directory):
    with Sshd(open_directory / "strict", sudo="deploy ALL=(ALL) ALL") as server:
        yield server


def test_sudo_with_the_password(strict: Sshd, ask):
    assert ask(strict.host(user="deploy", become=with_password("sesame"))).result["uid"] == 0


def test_the_password_is_in_no_argument_list_on_the_host(strict: Sshd, ask):
    host = strict.host(user="deploy", become=with_password("sesame"))
    asking = threading.Thread(target=ask, args=(host,), kwargs={"sleep": 1})
    asking.start()
    listed = []
    while asking.is_alive():
        listed.append(
            subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True).stdout
        )
        time.sleep(0.1)
    assert any("observe" in lines for lines in listed)
    assert not any("sesame" in lines for lines in listed)


def test_a_wrong_sudo_password_is_told_from_other_failures(strict: Sshd, ask):
    reply = ask(strict.host(user="deploy", become=with_password("wrong")))
    assert reply.kind is Kind.SUDO_PASSWORD
    assert "wrong" not in reply.reason.replace("went wrong", "")


def test_a_missing_sudo_password_is_asked_for(strict: Sshd, ask):
    reply = ask(strict.host(user="deploy", become=SUDO))
    assert reply.kind is Kind.SUDO_PASSWORD
    assert "ansible_become_password" in reply.next


def test_a_user_who_may_not_use_sudo(open_directory, ask):
    with Sshd(open_directory / "none", sudo="# nobody") as server:
        reply = ask(server.host(user="deploy", become=with_password("sesame")))
        assert reply.kind is Kind.NO_SUDO
        assert "sudoers" in reply.reason


def test_a_host_without_sudo(open_directory, ask):
    with Sshd(open_directory / "no-sudo", path="/nonexistent", hidden=("/usr/bin/sudo",)) as server:
        reply = ask(server.host(user="deploy", become=SUDO))
        assert reply.kind is Kind.NO_SUDO


def test_a_host_without_python(open_directory, ask):
    with Sshd(open_directory / "no-python", path="/bin:/usr/bin", hidden=PYTHONS) as server:
        reply = ask(server.host())
        assert isinstance(reply, Unreachable)
        assert reply.kind is Kind.NO_PYTHON
        assert "3.8" in reply.reason


def test_an_interpreter_that_the_inventory_names_and_the_host_does_not_have(sshd: Sshd, ask):
    reply = ask(sshd.host(python="/opt/python/bin/python3"))
    assert reply.kind is Kind.NO_PYTHON
    assert "/opt/python/bin/python3" in reply.reason
