"""Logging in to hosts: keys are known beforehand, and nobody else's are taken."""

from __future__ import annotations

import json
import subprocess

import pytest

pytestmark = pytest.mark.lab


def ssh(lab, *words, text=""):
    return subprocess.run(
        ["ssh", "-F", str(lab.ssh_config), *words], input=text, capture_output=True, text=True, check=False, timeout=30
    )


@pytest.fixture
def in_namespaces(lab):
    if lab.state.mode != "namespaces":
        pytest.skip("a host without namespaces has no users of its own")


def test_every_host_knows_its_name_and_is_entered_with_its_key_checked(lab, in_namespaces):
    assert [ssh(lab, host.name, "hostname").stdout.strip() for host in lab.hosts] == ["web1", "web2", "web3"]


def test_a_host_with_another_key_than_the_known_one_is_refused(lab, tmp_path):
    known = (lab.directory / "known_hosts").read_text().splitlines()
    address, other = known[0].split()[0], known[1].split()[1:]
    (tmp_path / "known").write_text(" ".join([address, *other]) + "\n")
    done = ssh(lab, "-o", f"UserKnownHostsFile={tmp_path}/known", "web1", "true")
    assert done.returncode == 255
    assert "Host key verification failed" in done.stderr


def test_an_unknown_host_key_is_refused(lab):
    done = ssh(lab, "-o", "UserKnownHostsFile=/dev/null", "web1", "true")
    assert (done.returncode, "Host key verification failed" in done.stderr) == (255, True)


def test_another_client_key_is_refused(lab, tmp_path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    config = lab.ssh_config.read_text().replace(str(lab.directory / "client_key"), str(tmp_path / "key"))
    (tmp_path / "config").write_text(config)
    done = subprocess.run(
        ["ssh", "-F", str(tmp_path / "config"), "-o", "BatchMode=yes", "web1", "true"],
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert (done.returncode, "Permission denied (publickey)" in done.stderr) == (255, True)


def test_deploy_becomes_root_without_a_password(lab, in_namespaces):
    assert ssh(lab, "deploy@web1", "id -un; sudo -n id -un").stdout.split() == ["deploy", "root"]


def test_operator_becomes_root_with_the_password_of_this_lab_alone(lab, in_namespaces):
    password = json.loads(lab.credentials.read_text())["operator"]
    assert ssh(lab, "operator@web1", "sudo -n id").returncode != 0
    assert ssh(lab, "operator@web1", "sudo -kS -p '' id -un", text="wrong\n").returncode != 0
    assert ssh(lab, "operator@web1", "sudo -kS -p '' id -un", text=f"{password}\n").stdout.strip() == "root"


def test_secrets_of_the_lab_are_for_its_owner_alone(lab):
    private = [lab.credentials, lab.directory / "client_key", lab.directory / "lab.key", lab.directory / "lab.json"]
    assert [path.stat().st_mode & 0o777 for path in private] == [0o600] * 4
    assert lab.directory.stat().st_mode & 0o777 == 0o700
