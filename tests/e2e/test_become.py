"""Users that are not root, with and without a password for sudo."""

from __future__ import annotations

import json
import shlex

import pytest

from safedeploy.core.errors import ExitCode
from safedeploy.core.remote_line import memory_line, stored_line
from safedeploy.lab.accounts import SUDOERS_LAB
from safedeploy.lab.host_process import HOST_PYTHON
from tests.sudo_rule import sudo_rule

pytestmark = [pytest.mark.usefixtures("namespaces"), pytest.mark.shadow]


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


@pytest.fixture
def agent_alone(pushed):
    """A sudo of web1 that lets `deploy` run the agent, as somebody with more rights has staged it, and nothing else."""
    pushed.lab.put("web1", "/etc/sudoers.d/lab", sudo_rule("deploy", python=HOST_PYTHON), 0o440)
    pushed.shell("web1", "visudo -c")
    yield pushed
    pushed.lab.put("web1", "/etc/sudoers.d/lab", SUDOERS_LAB, 0o440)


def test_a_user_whose_sudo_allows_the_agent_alone_can_push(agent_alone, project):
    project.of_host("web1", ansible_user="deploy", ansible_become=True)
    project.second_release()
    done = project.push("--limit", "web1")
    assert done.code == ExitCode.OK, done.text
    assert done.ends() == {"web1": "confirmed"}


def test_a_sudo_for_the_agent_alone_allows_nothing_else(agent_alone):
    words = {"marker": "safedeploy:0123456789abcdef", "command": "observe", "python": HOST_PYTHON}
    staged = agent_alone.shell("web1", "ls /var/lib/safedeploy/agent/*.pyz").split()[0]

    def as_deploy(*line):
        sudo = shlex.join(["sudo", "-n", "--", *line])
        return agent_alone.lab.exec(
            "web1", ["setpriv", "--reuid=deploy", "--regid=deploy", "--clear-groups", "/bin/sh", "-c", sudo]
        )

    def through_shell(line):
        return as_deploy("/bin/sh", "-c", line)

    good = stored_line(agent=staged, **words)
    assert b'"safedeploy":1' in through_shell(good).stdout, through_shell(good)
    refused = [
        as_deploy("id"),
        through_shell("id"),
        through_shell(f"{good}; id"),
        through_shell(f"id; {good}"),
        through_shell(good.replace("observe", "observe; id")),
        through_shell(stored_line(agent=f"/var/lib/safedeploy/agent/../../../tmp/{'0' * 64}.pyz", **words)),
        through_shell(stored_line(agent=staged, **{**words, "python": "/tmp/python3"})),
        through_shell(memory_line(**words)),
        as_deploy(HOST_PYTHON, staged, "observe"),
    ]
    assert [done for done in refused if done.returncode == 0 or done.stdout] == []
