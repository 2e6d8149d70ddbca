"""Ansible's connection variables, templated and decrypted, as plain values."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from safedeploy.core.errors import SafedeployError
from safedeploy.core.host import Become, Connection
from tests.unit.inventory.project import open_inventory, write


def connection(tmp_path, variables: str) -> Connection:
    files = {
        "inventories/prod/hosts.ini": "web1\n",
        "inventories/prod/host_vars/web1.yml": variables,
    }
    return open_inventory(write(tmp_path, files)).hosts[0].connection


CASES = {
    "nothing": ("{}", Connection(address="web1")),
    "where and who": (
        "{ansible_host: '{{ net }}.7', net: 10.0.0, ansible_port: '22{{ 22 }}', ansible_user: deploy}",
        Connection(address="10.0.0.7", port=2222, user="deploy"),
    ),
    "the older names": (
        "{ansible_ssh_host: a, ansible_ssh_port: 23, ansible_ssh_user: b, ansible_ssh_pass: c}",
        Connection(address="a", port=23, user="b", password="c"),
    ),
    "key and arguments": (
        """
        ansible_ssh_private_key_file: /k
        ansible_ssh_args: -o A=1
        ansible_ssh_common_args: -o "B=2 3"
        ansible_ssh_extra_args: -C
        ansible_host_key_checking: true
        """,
        Connection(address="web1", private_key_file="/k", ssh_args=("-o", "A=1", "-o", "B=2 3", "-C")),
    ),
    "become": (
        "{ansible_become: yes, ansible_become_user: www, ansible_become_pass: p, ansible_become_method: su}",
        Connection(address="web1", become=Become(enabled=True, method="su", user="www", password="p")),
    ),
    "become, with sudo's own names": (
        "{ansible_become: 'true', ansible_sudo_pass: p}",
        Connection(address="web1", become=Become(enabled=True, password="p")),
    ),
    "a fixed Python": ("{ansible_python_interpreter: /opt/python3}", Connection(address="web1", python="/opt/python3")),
    "a Python to discover": ("{ansible_python_interpreter: auto_silent}", Connection(address="web1")),
    "paramiko is ssh to us": ("{ansible_connection: paramiko}", Connection(address="web1")),
}


@pytest.mark.parametrize(("variables", "expected"), CASES.values(), ids=CASES)
def test_connection_from(variables, expected, tmp_path):
    assert connection(tmp_path, variables) == expected


def test_values_are_plain_python(tmp_path):
    found = connection(tmp_path, "{ansible_user: deploy, ansible_port: 22, ansible_become_user: x}")
    assert [type(value) for value in (found.address, found.user, found.port, found.become.user)] == [str, str, int, str]


def test_a_password_is_not_in_the_representation(tmp_path):
    found = connection(tmp_path, "{ansible_password: hunter2, ansible_become_pass: hunter3}")
    assert "hunter" not in repr(found)


def test_the_settings_in_the_projects_ansible_cfg_count_wherever_the_command_is_started(tmp_path):
    write(
        tmp_path,
        {"inventories/prod": "web1\n", "ansible.cfg": "[defaults]\nremote_user = deploy\nremote_port = 2022\n"},
    )
    program = (
        "import sys, pathlib; from safedeploy.adapters.ansible.inventory import load\n"
        "from safedeploy.core.policy import Policy\n"
        "inventory = load(pathlib.Path(sys.argv[1]), Policy(environment='prod', inventory='inventories/prod'))\n"
        "print(inventory.hosts[0].connection.user, inventory.hosts[0].connection.port)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ANSIBLE_CONFIG"}
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=Path(__file__).parents[3], env=environment,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.stdout == "deploy 2022\n", ran.stderr


REFUSED = {
    "{ansible_connection: local}": "connection-unsupported",
    "{ansible_connection: winrm}": "connection-unsupported",
    "{ansible_port: ssh}": "connection-invalid",
    "{ansible_port: 70000}": "connection-invalid",
    "{ansible_become: perhaps}": "connection-invalid",
    "{ansible_become_method: sduo}": "connection-invalid",
    "{ansible_ssh_common_args: '-o \"x'}": "connection-invalid",
    "{ansible_host: '{{ nowhere }}'}": "undefined-variable",
    "{ansible_host_key_checking: false}": "host-keys-unchecked",
    "{ansible_ssh_host_key_checking: 'no'}": "host-keys-unchecked",
    "{ansible_ssh_common_args: '-o StrictHostKeyChecking=no'}": "host-keys-unchecked",
    "{ansible_ssh_args: '-ostricthostkeychecking=OFF'}": "host-keys-unchecked",
    "{ansible_ssh_extra_args: '-o \"StrictHostKeyChecking accept-new\"'}": "host-keys-unchecked",
}


@pytest.mark.parametrize(("variables", "code"), REFUSED.items())
def test_refused_with_the_host(variables, code, tmp_path):
    with pytest.raises(SafedeployError) as caught:
        connection(tmp_path, variables)
    assert caught.value.code == code, caught.value.what
    assert "inventories/prod: host web1: " in caught.value.what
