"""Vaults: every way to a password, what is secret, and what a wrong or missing password says."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from safedeploy.adapters.ansible.inventory import VaultOptions, load
from safedeploy.adapters.ansible.render import Renderer
from safedeploy.core.errors import SafedeployError
from safedeploy.core.policy import Policy
from tests.unit.inventory.project import BIN, PROD, content, encrypt, inline, open_inventory, rendered, write

SITE = "safedeploy_files: [{template: a.j2, dest: a.conf}]\n"
HOSTS = {"inventories/prod/hosts.ini": "web1\n", "templates/a.j2": "user {{ user }} {{ password }}\n"}


@pytest.fixture
def project(tmp_path):
    """A host with an encrypted value, and one in an encrypted file; the password is `right`."""
    secret = inline(encrypt("hunter2-secret", "right"))
    whole = encrypt("user: secret-{{ inventory_hostname }}\npin: 1234567\nports: {http: 80}\n", "right")
    return write(
        tmp_path,
        {
            **HOSTS,
            "inventories/prod/group_vars/all/plain.yml": f"{SITE}password: {secret}",
            "inventories/prod/group_vars/all/vault.yml": whole,
            "right": "right\n",
            "wrong": "wrong\n",
            "script": "#!/bin/sh\necho right\n",
        },
    )


def typed(*answers):
    waiting = list(answers)
    asked = []

    def prompt(label):
        asked.append(label)
        return waiting.pop(0)

    return prompt, asked


WAYS = {
    "a password file": VaultOptions(password_files=("right",)),
    "a password script": VaultOptions(password_files=("script",)),
    "a vault id": VaultOptions(ids=("default@right",)),
    "a wrong and a right password": VaultOptions(ids=("old@wrong", "new@right")),
}


@pytest.mark.parametrize("vault", WAYS.values(), ids=WAYS)
def test_a_vault_opens_with(vault, project):
    tree = rendered(project, vault=vault)["web1"]
    assert content(tree, "/etc/apache2/a.conf") == "user secret-web1 hunter2-secret\n"


def test_a_vault_opens_with_the_policys_password_file(project):
    policy = Policy(environment="prod", inventory="inventories/prod", vault_password_file="right")
    assert "hunter2" in content(rendered(project, policy)["web1"], "/etc/apache2/a.conf")


def test_a_vault_opens_with_the_password_file_of_the_environment(project, monkeypatch):
    monkeypatch.setenv("ANSIBLE_VAULT_PASSWORD_FILE", str(project / "right"))
    assert "hunter2" in content(rendered(project)["web1"], "/etc/apache2/a.conf")


def test_a_password_is_asked_for_only_when_something_is_encrypted(project, tmp_path_factory):
    prompt, asked = typed("right")
    assert "hunter2" in content(rendered(project, vault=VaultOptions(prompt=prompt))["web1"], "/etc/apache2/a.conf")
    assert asked == ["Vault password: "]
    plain = write(tmp_path_factory.mktemp("plain"), {"inventories/prod/hosts.ini": "web1\n"})
    open_inventory(plain, vault=VaultOptions(prompt=prompt))
    assert len(asked) == 1


def test_the_password_of_an_id_is_asked_for_by_its_name(project):
    prompt, asked = typed("right")
    open_inventory(project, vault=VaultOptions(ids=("prod@prompt",), prompt=prompt))
    assert asked == ["Vault password (prod): "]


def test_secret_is_all_that_came_out_of_a_vault(project):
    secrets = rendered(project, vault=WAYS["a password file"])["web1"].secrets
    assert {"hunter2-secret", "secret-web1", "1234567"} <= secrets
    assert not {"web1", "right"} & secrets


def test_secret_are_nested_values_named_variables_and_connection_passwords(project):
    inner = encrypt("nested-secret", "right").splitlines()
    vaulted = "".join(f"      {line}\n" for line in inner)
    write(
        project,
        {
            "inventories/prod/host_vars/web1.yml": f"deep:\n- a:\n    b: !vault |\n{vaulted}"
            "safedeploy_secrets: [token, unknown]\ntoken: {x: named-secret}\n"
            "ansible_password: ssh-secret\nansible_become_password: sudo-secret\n",
        },
    )
    secrets = rendered(project, vault=WAYS["a password file"])["web1"].secrets
    assert {"nested-secret", "named-secret", "ssh-secret", "sudo-secret"} <= secrets


def test_the_content_of_an_encrypted_template_or_file_is_secret(project):
    write(
        project,
        {
            "templates/v.j2": encrypt("key {{ inventory_hostname }}\n", "right"),
            "files/key.pem": encrypt("plain key\n", "right"),
            "files/own.pem": "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n",
            "inventories/prod/host_vars/web1.yml": "safedeploy_files_more: [{template: v.j2, dest: v}, "
            "{static: key.pem, dest: k}, {static: own.pem, dest: o}]\n",
        },
    )
    tree = rendered(project, vault=WAYS["a password file"])["web1"]
    assert content(tree, "/etc/apache2/v") == "key web1\n"
    assert content(tree, "/etc/apache2/k") == "plain key\n"
    assert tree.tree.secret_paths == {"/etc/apache2/v", "/etc/apache2/k", "/etc/apache2/o"}


def test_what_a_lookup_reads_from_an_encrypted_file_is_secret(project):
    write(
        project,
        {"templates/a.j2": "{{ lookup('file', 'token') }}\n", "files/token": encrypt("looked-up\n", "right")},
    )
    assert "looked-up\n" in rendered(project, vault=WAYS["a password file"])["web1"].secrets


def refusal(project, vault=None):
    with pytest.raises(SafedeployError) as caught:
        rendered(project, vault=vault)
    return caught.value


def test_no_password_names_the_encrypted_file(project):
    error = refusal(project)
    assert error.code == "vault-password-missing"
    assert "inventories/prod/group_vars/all/vault.yml" in error.what


def test_no_password_names_the_place_of_an_encrypted_value(project):
    (project / "inventories/prod/group_vars/all/vault.yml").unlink()
    error = refusal(project)
    assert (error.code, "all/plain.yml:2" in error.what) == ("vault-password-missing", True), error.what


def test_a_wrong_password_names_the_encrypted_file(project):
    error = refusal(project, VaultOptions(password_files=("wrong",)))
    assert (error.code, "all/vault.yml" in error.what) == ("vault-wrong-password", True), error.what


def test_a_wrong_password_for_a_single_value_is_told_where_it_is_used(project):
    write(project, {"inventories/prod/group_vars/all/vault.yml": "user: plain\n"})
    error = refusal(project, VaultOptions(password_files=("wrong",)))
    assert (error.code, "all/plain.yml:2" in error.what) == ("vault-wrong-password", True), error.what


def test_a_value_of_another_vault_does_not_matter_where_it_is_not_used(project):
    other = inline(encrypt("other", "another", "other"))
    write(project, {"inventories/prod/host_vars/web1.yml": f"unused: {other}"})
    assert rendered(project, vault=WAYS["a password file"])


@pytest.mark.parametrize(
    "vault", [VaultOptions(password_files=("gone",)), VaultOptions(ask=True), VaultOptions(ids=("x@prompt",))]
)
def test_a_password_that_cannot_be_had_is_refused(vault, project):
    assert refusal(project, vault).code == "vault-password-missing"


@pytest.mark.parametrize("vault", [WAYS["a password file"], "typed"], ids=["file", "typed"])
def test_ansible_itself_decrypts_with_the_same_arguments(vault, project):
    prompt, _ = typed("right")
    with load(project, PROD, vault=VaultOptions(prompt=prompt) if vault == "typed" else vault) as inventory:
        arguments = inventory.vault_args()
        assert "right" not in [*arguments, *os.environ.values()]
        ran = subprocess.run(
            [str(BIN / "ansible-inventory"), "-i", "inventories/prod", "--host", "web1", *arguments],
            cwd=project, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert json.loads(ran.stdout)["pin"] == 1234567, ran.stderr


def test_a_typed_password_is_gone_when_the_inventory_is_closed(project):
    prompt, _ = typed("right")
    with open_inventory(project, vault=VaultOptions(prompt=prompt)) as inventory:
        path = Path(inventory.vault_args()[1].partition("@")[2])
        assert path.read_text() == "right"
    assert not path.exists()


def test_two_inventories_with_different_passwords_are_open_at_once(project, tmp_path_factory):
    secret = inline(encrypt("second-secret", "left"))
    files = {**HOSTS, "left": "left", "inventories/prod/group_vars/all.yml": f"{SITE}user: u\npassword: {secret}"}
    second = write(tmp_path_factory.mktemp("second"), files)
    one = open_inventory(project, vault=WAYS["a password file"])
    two = open_inventory(second, vault=VaultOptions(password_files=("left",)))
    shown = [
        content(Renderer(where, PROD, inventory).render(inventory.hosts[0]), "/etc/apache2/a.conf")
        for where, inventory in ((project, one), (second, two), (project, one))
    ]
    assert shown == ["user secret-web1 hunter2-secret\n", "user u second-secret\n", "user secret-web1 hunter2-secret\n"]
