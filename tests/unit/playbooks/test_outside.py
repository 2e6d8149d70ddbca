"""What waits for the checks from here: nothing is sent to a host that is ill, over whatever connection."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from ansible.plugins.connection import ssh
from safedeploy_control import outside

# Says when it has started, and repeats what it is sent.
ECHO = "import sys; print('started', flush=True); print('got', sys.stdin.read(), flush=True)"


class Ssh:
    """A connection as Ansible's ssh plugin is one: a process is started, then it is sent its data."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.code: int | None = None

    def exec_command(self, data: bytes, started: Callable[[], object] = lambda: None, *, closes: bool = False) -> None:
        with subprocess.Popen([sys.executable, "-c", ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout
            self.said.append(process.stdout.readline().decode().strip())
            started()
            self._send_initial_data(process.stdin, data, process)
            self.said += process.stdout.read().decode().split("\n")[:-1]
            self.code = process.wait()
        if closes:
            raise OSError("the connection was closed")

    def _send_initial_data(self, stream, data, _process) -> None:
        stream.write(data)
        stream.close()


class Local:
    """A connection without that."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def exec_command(self, data: bytes) -> None:
        self.said.append(f"got {data.decode()}")


def checked(connection: Ssh | Local) -> Callable[[], bytes]:
    """What makes the checks, and then the request."""

    def check() -> bytes:
        connection.said.append("checked")
        return b"a request"

    return check


class IllError(Exception):
    """A check that failed."""


def test_the_request_is_sent_when_the_checks_have_been_made_and_they_are_made_while_ssh_connects():
    connection = Ssh()
    with outside.before_sending(connection, checked(connection)) as sent:
        connection.exec_command(sent, started=lambda: connection.said.append("connecting"))
    assert connection.said == ["started", "connecting", "checked", "got a request"]


def test_nothing_is_sent_to_a_host_that_is_ill_and_ssh_is_ended():
    def ill() -> bytes:
        raise IllError

    connection = Ssh()
    with pytest.raises(IllError), outside.before_sending(connection, ill) as sent:
        connection.exec_command(sent)
    assert connection.said == ["started"]
    assert connection.code is not None


def test_what_ansible_makes_of_an_ended_ssh_does_not_hide_why_it_was_ended():
    def ill() -> bytes:
        raise IllError

    connection = Ssh()
    with pytest.raises(IllError), outside.before_sending(connection, ill) as sent:
        connection.exec_command(sent, closes=True)


def test_an_unreachable_host_that_is_well_is_unreachable():
    connection = Ssh()
    with pytest.raises(OSError, match="no route"), outside.before_sending(connection, lambda: b"a request"):
        raise OSError("no route")


def test_without_the_hook_in_ansible_no_request_is_sent_unchecked():
    connection = Ssh()
    with outside.before_sending(connection, checked(connection)) as sent:
        assert sent != b"a request"


def test_a_connection_of_another_kind_is_opened_after_the_checks():
    connection = Local()
    with outside.before_sending(connection, checked(connection)) as sent:
        connection.exec_command(sent)
    assert connection.said == ["checked", "got a request"]


def test_the_next_command_over_the_connection_does_not_wait():
    connection = Ssh()
    with outside.before_sending(connection, lambda: b"a request") as sent:
        connection.exec_command(sent)
    connection.said.clear()
    connection.exec_command(b"another")
    assert connection.said == ["started", "got another"]


def test_the_ssh_of_the_ansible_that_is_installed_has_the_hook():
    assert callable(ssh.Connection._send_initial_data)
