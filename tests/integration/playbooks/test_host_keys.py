"""Ansible's way to a host, too, ends where the key is not the known one, whatever its arguments say."""

from __future__ import annotations

import json
import subprocess

import pytest
from bundles import answers, ledger, write_bundle
from hosts_seen import marked

pytestmark = pytest.mark.lab


@pytest.mark.parametrize("known", ["no key", "another key"])
def test_a_host_without_the_known_key_is_not_spoken_to(fleet, play, plans, tmp_path, known):
    inventory = json.loads(fleet.inventory.read_text())
    hosts = inventory["all"]["children"]["web"]["hosts"]
    web1 = hosts["web1"]
    place = web1["ansible_host"] if web1["ansible_port"] == 22 else f"[{web1['ansible_host']}]:{web1['ansible_port']}"
    if known == "another key":
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "other")], check=True)
        (tmp_path / "known_hosts").write_text(f"{place} {(tmp_path / 'other.pub').read_text()}")
    web1["ansible_ssh_common_args"] = (
        f"-o StrictHostKeyChecking=no -o UserKnownHostsFile={tmp_path}/known_hosts -o GlobalKnownHostsFile=/dev/null"
    )
    web1["ansible_host_key_checking"] = False
    (tmp_path / "inventory.json").write_text(json.dumps(inventory))
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    done = play("preflight", bundle, "--limit", "web1", inventory=tmp_path / "inventory.json")
    assert done.rc != 0
    assert [line["kind"] for line in ledger(bundle)] == ["unreachable"]
    assert "host key" in done.text.lower()
    assert answers(bundle) == {}
