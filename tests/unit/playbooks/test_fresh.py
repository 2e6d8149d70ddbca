"""A new connection is not ssh's open one, and takes the quick key exchange among those that are allowed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from safedeploy_control import fresh

SAFE, QUICK, OLD = "sntrup761x25519-sha512", "curve25519-sha256", "ecdh-sha2-nistp256"
BOTH = "mlkem768x25519-sha256"


class Connection:
    """As Ansible's ssh plugin is one, with an ssh that says what it would offer."""

    transport = "ssh"

    def __init__(self, program: Path, **options: Any) -> None:
        self.become: Any = None
        self._play_context = SimpleNamespace(password=None, remote_addr="web1")
        self._options = {"ssh_executable": str(program), "ssh_args": "-o ControlMaster=auto", **options}

    def get_option(self, name: str) -> Any:
        return self._options.get(name)

    def set_option(self, name: str, value: Any) -> None:
        self._options[name] = value

    def _build_command(self, program: str, _kind: str, *words: str) -> list[str]:
        return [program, "-o", "Port=2222", *words]

    @property
    def chosen(self) -> str | None:
        """The key exchanges that ssh is told to offer."""
        words = [word for word in self._options["ssh_args"].split() if word.startswith("KexAlgorithms=")]
        return words[0].removeprefix("KexAlgorithms=") if words else None


@pytest.fixture
def ssh(tmp_path: Path) -> Path:
    """An `ssh` that knows `-G HOST` alone."""
    program = tmp_path / "ssh"
    program.write_text(
        '#!/bin/sh\n[ "$*" = "-o Port=2222 -G web1" ] || exit 255\n'
        f"echo user root\necho gssapikexalgorithms gss-x\necho kexalgorithms {SAFE},{QUICK},{OLD}\n"
    )
    program.chmod(0o755)
    return program


def test_it_is_a_connection_of_its_own_with_the_quick_key_exchange_first(ssh):
    connection = Connection(ssh)
    fresh.connect_anew(connection, confidential=False)
    assert connection.get_option("ssh_args").startswith("-o ControlMaster=no -o ControlPath=none ")
    assert connection.get_option("ssh_args").endswith("-o ControlMaster=auto")
    assert connection.chosen == f"{QUICK},{SAFE},{OLD}"


def test_where_a_secret_is_sent_the_order_stays(ssh):
    connection = Connection(ssh)
    fresh.connect_anew(connection, confidential=True)
    assert connection.chosen is None
    assert "ControlPath=none" in connection.get_option("ssh_args")


def test_where_a_password_goes_over_it_the_order_stays(ssh):
    of_user = Connection(ssh, password="secret")
    asked_for = Connection(ssh)
    asked_for._play_context.password = "secret"
    of_sudo = Connection(ssh)
    of_sudo.become = SimpleNamespace(get_option=lambda _name, playcontext: "secret" if playcontext else None)
    for connection in (of_user, asked_for, of_sudo):
        fresh.connect_anew(connection, confidential=False)
        assert connection.chosen is None
        assert "ControlPath=none" in connection.get_option("ssh_args")


def test_sudo_without_a_password_changes_nothing(ssh):
    connection = Connection(ssh)
    connection.become = SimpleNamespace(get_option=lambda _name, **_: None)
    fresh.connect_anew(connection, confidential=False)
    assert connection.chosen == f"{QUICK},{SAFE},{OLD}"


@pytest.mark.parametrize("text", ["exit 1", "echo kexalgorithms", "echo hello", f"echo kexalgorithms {SAFE},{OLD}", ""])
def test_where_ssh_does_not_say_or_none_is_quick_the_order_stays(tmp_path, text):
    (tmp_path / "ssh").write_text(f"#!/bin/sh\n{text}\n")
    (tmp_path / "ssh").chmod(0o755)
    connection = Connection(tmp_path / "ssh")
    fresh.connect_anew(connection, confidential=False)
    assert connection.chosen is None


def test_a_program_that_is_not_ssh_is_not_asked(ssh):
    other = ssh.rename(ssh.with_name("my-ssh"))
    connection = Connection(other)
    fresh.connect_anew(connection, confidential=False)
    assert connection.chosen is None


def test_a_connection_of_another_kind_is_left_alone(ssh):
    connection = Connection(ssh)
    connection.transport = "local"
    fresh.connect_anew(connection, confidential=False)
    assert connection.get_option("ssh_args") == "-o ControlMaster=auto"


@pytest.mark.parametrize(
    ("allowed", "order"),
    [
        ([SAFE, BOTH, QUICK], [BOTH, SAFE, QUICK]),
        ([QUICK, SAFE], [QUICK, SAFE]),
        ([OLD, "curve25519-sha256@libssh.org"], ["curve25519-sha256@libssh.org", OLD]),
        ([OLD], []),
        ([], []),
    ],
)
def test_the_quick_one_that_is_also_safe_comes_before_all(allowed, order):
    assert fresh.quick_first(allowed) == order
