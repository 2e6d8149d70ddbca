"""Users that are not root, with and without a password for sudo."""

from __future__ import annotations

import json

import pytest

from safedeploy.core.errors import ExitCode

pytestmark = pytest.mark.usefixtures("namespaces")


def test_a_user_with_sudo_and_no_password_can_push(pushed, project):
    project.of_host("web1", ansible_user="deploy", ansible_become=True)
    project.second_release()
    done = project.push("--limit", "web1")
    assert done.code == ExitCode.OK, done.text


def test_a_user_whose_sudo_asks_can_push_with_the_password_and_it_is_never_shown(pushed, project):
    password = json.loads(pushed.lab.credentials.read_text())["operator"]
    project.of_host("web1", ansible_user="operator", ansible_become=True, ansible_become_password=password)
    project.second_release()
    done = project.run("-vvv", "push", "lab", "--yes", "--no-diff", "--limit", "web1")
    assert done.code == ExitCode.OK, done.text
    assert password not in done.text
