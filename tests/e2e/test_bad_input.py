"""Bad input, as a table: what is wrong, where, that nothing was changed, and what to do; and nothing has changed."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest

from safedeploy.core.errors import ExitCode
from tests.e2e.fleet import Fleet
from tests.e2e.project import Project

pytestmark = pytest.mark.shadow

Wrong = Callable[[Fleet, Project], Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    """`wrong` makes it wrong, for good or in the context that it returns; `says` is what the error must name."""

    name: str
    wrong: Wrong = lambda _fleet, _project: None
    command: tuple[str, ...] = ("push", "lab", "--yes", "--no-diff")
    code: ExitCode
    error: str
    says: tuple[str, ...]
    needs_namespaces: bool = False


def files(*items: dict[str, Any]) -> Wrong:
    return lambda _fleet, project: project.variables(safedeploy_files_bad=list(items))


def of_web2(**values: Any) -> Wrong:
    return lambda _fleet, project: project.of_host("web2", **values)


def setting(*path: str, value: Any) -> Wrong:
    def change(document: dict[str, Any]) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return lambda _fleet, project: project.settings(change)


def bad_yaml(_fleet: Fleet, project: Project) -> None:
    project.append("safedeploy.yml", "  - [unfinished\n")


def bad_template(_fleet: Fleet, project: Project) -> None:
    project.template("bad.j2", "fine\n{% if %}\n")
    files({"template": "bad.j2", "dest": "bad.conf"})(_fleet, project)


def undefined_variable(_fleet: Fleet, project: Project) -> None:
    project.template("bad.j2", "fine\nServerName {{ nobody_defines_this }}\n")
    files({"template": "bad.j2", "dest": "bad.conf"})(_fleet, project)


def empty_group(_fleet: Fleet, project: Project) -> None:
    (project.root / "inventories/lab/more.yml").write_text("spare:\n  hosts: {}\n")


def empty_inventory(_fleet: Fleet, project: Project) -> None:
    (project.root / "inventories/bare").mkdir()
    (project.root / "inventories/bare/hosts.yml").write_text("all:\n  children:\n    web:\n      hosts: {}\n")


def wrong_key(_fleet: Fleet, project: Project) -> None:
    key = project.root / "another_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    project.of_host("web2", ansible_ssh_private_key_file=str(key))


def unknown_host_key(_fleet: Fleet, project: Project) -> None:
    known = project.root / "known_hosts"
    known.touch()
    options = f"-o UserKnownHostsFile={known} -o GlobalKnownHostsFile=/dev/null -o IdentitiesOnly=yes"
    project.of_host("web2", ansible_ssh_common_args=options)


def planted_link(fleet: Fleet, project: Project) -> None:
    fleet.shell("web2", f"ln -s / {fleet.host('web2').layout.server_root}/conf-available/planted")
    project.template("small.j2", "# small\n")
    files({"template": "small.j2", "dest": "conf-available/planted/tmp/small.conf"})(fleet, project)


def a_user_without_rights(_fleet: Fleet, project: Project) -> None:
    project.of_host("web2", ansible_user="deploy")


def no_sudo(fleet: Fleet, project: Project) -> AbstractContextManager[None]:
    project.of_host("web2", ansible_user="deploy", ansible_become=True)
    return fleet.without("web2", "/usr/bin", "sudo*")


def a_sudo_that_asks(_fleet: Fleet, project: Project) -> None:
    project.of_host("web2", ansible_user="operator", ansible_become=True)


def no_httpd(fleet: Fleet, project: Project) -> AbstractContextManager[None]:
    project.second_release()
    return fleet.without("web2", "/usr/sbin", "apache*")


def no_python(fleet: Fleet, _project: Project) -> AbstractContextManager[None]:
    return fleet.without("web2", "/usr/bin", "python3*")


def no_space(fleet: Fleet, project: Project) -> AbstractContextManager[None]:
    project.second_release()
    return fleet.little_room("web2")


CASES = (
    Case(name="an environment that does not exist", command=("push", "prod", "--yes"), code=ExitCode.INVALID,
         error="settings-unknown-environment", says=("prod",)),
    Case(name="a group without hosts", wrong=empty_group, command=("push", "lab", "--yes", "--limit", "spare"),
         code=ExitCode.INVALID, error="group-empty", says=("spare",)),
    Case(name="an inventory without hosts", wrong=empty_inventory, command=("push", "bare", "--yes"),
         code=ExitCode.INVALID, error="inventory-empty", says=("inventories/bare",)),
    Case(name="a limit that matches nobody", command=("push", "lab", "--yes", "--limit", "web9"),
         code=ExitCode.INVALID, error="limit-matches-nothing", says=("web9",)),
    Case(name="a host where nothing listens", wrong=of_web2(ansible_port=2), code=ExitCode.UNREACHABLE,
         error="host-unreachable", says=("web2", ":2 refuses connections", "!web2")),
    Case(name="a key that the host does not know", wrong=wrong_key, code=ExitCode.UNREACHABLE,
         error="host-unreachable", says=("web2", "another_key")),
    Case(name="a host whose key is not known", wrong=unknown_host_key, code=ExitCode.UNREACHABLE,
         error="host-unreachable", says=("web2", "host key")),
    Case(name="a template that does not exist", wrong=files({"template": "nowhere.j2", "dest": "x.conf"}),
         code=ExitCode.INVALID, error="template-missing", says=("nowhere.j2",)),
    Case(name="a template that is not Jinja", wrong=bad_template, code=ExitCode.INVALID, error="template-syntax",
         says=("bad.j2", "2")),
    Case(name="a variable that nobody defines", wrong=undefined_variable, code=ExitCode.INVALID,
         error="template-undefined-variable", says=("bad.j2", "2", "nobody_defines_this", "web1")),
    Case(name="settings that are not YAML", wrong=bad_yaml, code=ExitCode.INVALID, error="settings-bad-yaml",
         says=("safedeploy.yml:53", "not YAML")),
    Case(name="a setting of the wrong type", code=ExitCode.INVALID, error="settings-invalid",
         wrong=setting("environments", "lab", "rollout", "batches", value=[1, "many"]),
         says=("safedeploy.yml", "environments.lab.rollout.batches[1]")),
    Case(name="a setting that does not exist", code=ExitCode.INVALID, error="settings-invalid",
         wrong=setting("environments", "lab", "rollout", "confirm_windw", value="30s"),
         says=("environments.lab.rollout.confirm_windw", "confirm_window")),
    Case(name="a file to a place that may not be written", wrong=files({"static": "safedeploy.yml", "dest": "/etc/x"}),
         code=ExitCode.INVALID, error="destination-outside-roots", says=("/etc/x",)),
    Case(name="a file through a link that somebody planted", wrong=planted_link, code=ExitCode.REFUSED,
         error="preflight-refused", says=("web2", "conf-available/planted", "link")),
    Case(name="a user without rights", wrong=a_user_without_rights, code=ExitCode.UNREACHABLE,
         error="host-unreachable", says=("web2", "Permission denied", "become"), needs_namespaces=True),
    Case(name="a host without sudo", wrong=no_sudo, code=ExitCode.UNREACHABLE, error="host-unreachable",
         says=("web2", "sudo"), needs_namespaces=True),
    Case(name="a sudo that asks for a password", wrong=a_sudo_that_asks, code=ExitCode.UNREACHABLE,
         error="host-unreachable", says=("web2", "password"), needs_namespaces=True),
    Case(name="a host without httpd", wrong=no_httpd, code=ExitCode.REFUSED, error="preflight-refused",
         says=("web2", "apache2"), needs_namespaces=True),
    Case(name="a host without Python", wrong=no_python, code=ExitCode.UNREACHABLE, error="host-unreachable",
         says=("web2", "ython"), needs_namespaces=True),
    Case(name="a host without room", wrong=no_space, code=ExitCode.REFUSED, error="preflight-refused",
         says=("web2", "/var/lib/safedeploy"), needs_namespaces=True),
    Case(name="nobody to say yes", wrong=lambda _fleet, project: project.second_release(), command=("push", "lab"),
         code=ExitCode.USAGE, error="no-terminal", says=("--yes",)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_told_with_its_place_and_a_next_step_and_changes_nothing(pushed, project, request, case):
    if case.needs_namespaces:
        request.getfixturevalue("namespaces")
    while_it_runs = case.wrong(pushed, project) or contextlib.nullcontext()
    before = pushed.trees()
    with while_it_runs:
        done = project.run(*case.command)
    assert done.code == case.code, done.text
    lines = done.err.splitlines()
    assert any(line.startswith(f"error[{case.error}]: ") for line in lines), done.err
    assert "state: Nothing was changed on any host." in lines
    assert any(line.startswith("next:  ") and len(line) > 20 for line in lines)
    message = done.err[done.err.index("error[") :]
    assert [words for words in case.says if words not in message] == [], message
    assert pushed.trees() == before
    pushed.serves()
