"""How files declare what validates them and what reloads for them, and what is refused."""

from __future__ import annotations

from textwrap import dedent

import pytest

from safedeploy.adapters.ansible.inventory import load
from safedeploy.adapters.ansible.render import Renderer
from safedeploy.core.errors import SafedeployError
from safedeploy.core.policy import Policy
from safedeploy.workflows.validators import validators
from tests.unit.inventory.project import write

BASE = {"inventories/prod/hosts.ini": "web1 app=shop\n", "files/f": "f\n", "files/d/a": "a\n", "files/d/b": "b\n"}
POLICY = Policy(environment="prod", inventory="inventories/prod")
ROOTS = "safedeploy_site: {allowed_roots: [/etc/apache2, /etc/nginx, /etc/app]}\n"


def services(project, variables):
    write(project, BASE | {"inventories/prod/group_vars/all.yml": ROOTS + dedent(variables)})
    with load(project, POLICY) as inventory:
        return Renderer(project, POLICY, inventory, validators().reloadable()).render_all()["web1"].services


def test_a_host_without_declarations_has_nothing_to_tell(tmp_path):
    assert services(tmp_path, "safedeploy_files: [{static: f, dest: /etc/nginx/a.conf}]\n") == {}


def test_a_known_validator_and_its_service_are_named(tmp_path):
    files = "safedeploy_files: [{static: f, dest: /etc/nginx/a.conf, validate: nginx, reload: nginx}]\n"
    assert services(tmp_path, files) == {"files": {"/etc/nginx/a.conf": {"validate": "nginx", "reload": "nginx"}}}


def test_what_a_directory_declares_holds_for_each_of_its_files(tmp_path):
    found = services(tmp_path, "safedeploy_files: [{static: d/, dest: /etc/nginx/, reload: nginx}]\n")
    assert found == {"files": {"/etc/nginx/a": {"reload": "nginx"}, "/etc/nginx/b": {"reload": "nginx"}}}


def test_a_link_and_an_absence_can_make_a_service_reload_too(tmp_path):
    found = services(
        tmp_path,
        """
        safedeploy_files:
          - {link: ../a, dest: /etc/nginx/on, reload: nginx}
          - {absent: true, dest: /etc/nginx/off, reload: [kill, -HUP, "1"]}
        """,
    )
    assert found["files"] == {
        "/etc/nginx/on": {"reload": "nginx"},
        "/etc/nginx/off": {"reload": ["kill", "-HUP", "1"]},
    }


def test_no_validation_goes_with_its_reason(tmp_path):
    files = "safedeploy_files: [{static: f, dest: /etc/nginx/a, validate: none, validate_reason: nobody reads it}]\n"
    assert services(tmp_path, files)["files"]["/etc/nginx/a"] == {"validate": "none", "reason": "nobody reads it"}


def test_an_own_validator_is_templated_and_can_be_named(tmp_path):
    found = services(
        tmp_path,
        """
        safedeploy_files: [{static: f, dest: /etc/app/a.ini, validate: "{{ app }}", reload: shop}]
        safedeploy_validators:
          - {name: shop, command: [/opt/shop/check, "{file}"], paths: ["/etc/{{ app }}/*"], timeout: 5, service: shop}
        """,
    )
    assert found == {
        "validators": {
            "shop": {
                "command": ["/opt/shop/check", "{file}"],
                "paths": ["/etc/shop/*"],
                "timeout": 5,
                "service": "shop",
            }
        },
        "files": {"/etc/app/a.ini": {"validate": "shop", "reload": "shop"}},
    }


FILE = "safedeploy_files: [{static: f, dest: /etc/app/a, %s}]"
OWN = "safedeploy_validators: [%s]"
REFUSED = {
    "a misspelled name": (
        FILE % "validate: ngnix",
        ".validate: no validator or service 'ngnix'; did you mean 'nginx'?",
    ),
    "a misspelled service": (FILE % "reload: haproxi", ".reload: no validator or service 'haproxi'; did you mean"),
    "nothing to reload": (FILE % "reload: sudo", ".reload: 'sudo' has nothing to reload"),
    "a command as a text": (FILE % "reload: systemctl reload nginx", ".reload: no validator or service 'systemctl"),
    "an empty command": (FILE % "reload: []", ".reload: must be a list of texts"),
    "no reason": (FILE % "validate: none", ".validate_reason: is missing"),
    "a reason alone": (FILE % "validate_reason: x", ".validate_reason: goes with 'validate: none' alone"),
    "validate as a boolean": (FILE % "validate: false", ".validate: must be a text of one line, not a boolean"),
    "a misspelled key": (FILE % "validates: nginx", ".validates: unknown key; did you mean 'validate'?"),
    "no list": ("safedeploy_validators: nginx", "safedeploy_validators: must be a list of validators, not a text"),
    "no mapping": (OWN % "nginx", "safedeploy_validators[0]: must be a mapping, not a text"),
    "no name": (OWN % "{command: [a]}", "safedeploy_validators[0]: has no name"),
    "no command": (OWN % "{name: a}", "safedeploy_validators[0]: has no command"),
    "a shell line": (OWN % "{name: a, command: a -c b}", "[0].command: must be a list of texts"),
    "an unknown key": (OWN % "{name: a, comand: [a]}", "[0].comand: unknown key; did you mean 'command'?"),
    "a relative glob": (OWN % "{name: a, command: [a], paths: [etc/*]}", "[0].paths: 'etc/*' must be absolute"),
    "too long": (OWN % "{name: a, command: [a], timeout: 900}", "[0].timeout: must be a number of seconds above 0"),
    "twice": (OWN % "{name: a, command: [a]}, {name: a, command: [b]}", "[1].name: 'a' is declared twice"),
    "a reserved name": (OWN % "{name: none, command: [a]}", "[0].name: 'none' cannot be the name of a validator"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_its_place(tmp_path, case):
    variables, message = REFUSED[case]
    with pytest.raises(SafedeployError) as caught:
        services(tmp_path, variables + "\n")
    assert message in caught.value.what


def test_one_path_cannot_be_looked_after_in_two_ways(tmp_path):
    with pytest.raises(SafedeployError) as caught:
        services(
            tmp_path,
            """
            safedeploy_files:
              - {static: f, dest: /etc/nginx/a, reload: nginx}
              - {static: f, dest: /etc/nginx/a}
            """,
        )
    assert "/etc/nginx/a is looked after in another way by safedeploy_files[0]" in caught.value.what
