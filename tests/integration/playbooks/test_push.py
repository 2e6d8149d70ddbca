"""The playbooks, one after the other, as anybody can run them with plain ansible-playbook."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from bundles import Plan, answers, ledger, write_bundle
from hosts_seen import CONF, live, marked, state

pytestmark = pytest.mark.lab


def test_preflight_rollout_and_release_put_every_host_on_the_release(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    release = json.loads((bundle / "bundle.json").read_text())["release"]

    assert play("preflight", bundle).rc == 0
    assert [live(fleet, host.name) for host in fleet.hosts] == [None, None, None], "preflight changes no live file"
    done = play("rollout", bundle, batches=[1, "100%"])
    assert done.rc == 0, done.text
    assert play("release", bundle).rc == 0

    for host in fleet.hosts:
        assert live(fleet, host.name) == marked("one")
        assert (state(fleet, host.name)["known_good"], state(fleet, host.name)["pending"]) == (release, None)
        assert json.loads(fleet.exec(host.name, ["cat", "/var/lib/safedeploy/lease.json"]).stdout)["token"] == ""
    assert ledger(bundle) == []
    assert "Stop here if too many hosts went wrong" not in done.text, "it is no task where nothing is against a batch"
    assert json.loads((bundle / "begun.json").read_text()) == [host.name for host in fleet.hosts]
    assert sorted(answers(bundle)) == sorted(
        f"{host.name}.{phase}"
        for host in fleet.hosts
        for phase in ("activate", "confirm", "preflight", "prepare", "release")
    )
    assert done.text.index("changed: [web1]") < done.text.index("changed: [web2]"), "the canary comes first"


def test_the_program_is_staged_once_and_nothing_else_is_sent_twice(fleet, play, plans, tmp_path):
    for run in ("run-1", "run-2"):
        bundle = write_bundle(tmp_path / run, plans(marked("same")), run=run)
        assert play("preflight", bundle).rc == 0
        assert play("rollout", bundle, batches=["100%"]).rc == 0
        assert play("release", bundle).rc == 0
        missing = [len(answers(bundle)[f"{host.name}.prepare"]["result"]["missing"]) for host in fleet.hosts]
        assert missing == ([1, 1, 1] if run == "run-1" else [0, 0, 0])
    listed = fleet.exec("web1", ["ls", "/var/lib/safedeploy/agent"]).stdout.decode().split()
    assert len([name for name in listed if name.endswith(".pyz")]) == 1
    assert {answers(bundle)[f"{host.name}.activate"]["result"]["outcome"] for host in fleet.hosts} == {"unchanged"}
    assert not [name for name in answers(bundle) if name.endswith((".confirm", ".controller_health"))]


def test_no_content_token_or_request_is_in_what_ansible_prints(fleet, play, plans, tmp_path):
    secret = "correct-horse-battery-staple"
    bundle = write_bundle(tmp_path / "bundle", plans(marked(secret)))
    text = play("preflight", bundle, "-vvvv").text + play("rollout", bundle, "-vvvv").text
    token = answers(bundle)["web1.prepare"]["result"]["token"]
    assert "Activate the release" in text
    for hidden in (secret, base64.b64encode(marked(secret).encode()).decode(), token):
        assert hidden not in text


@pytest.mark.parametrize("likely", [True, False])
def test_where_there_is_a_fork_for_each_host_the_test_takes_the_lease(fleet, play, plans, tmp_path, likely):
    wanted = {host: replace(plan, likely=likely) for host, plan in plans(marked("one")).items()}
    bundle = write_bundle(tmp_path / "bundle", wanted)
    done = play("preflight", bundle, "--skip-tags", "safedeploy_lease_first", "-vvvv")
    assert done.rc == 0, done.text
    assert "TASK [Take the lease]" not in done.text
    for host in fleet.hosts:
        found = answers(bundle)
        assert found[f"{host.name}.prepare"]["result"]["token"] not in done.text
        assert found[f"{host.name}.preflight"]["result"]["staged"]["objects"] == 1
        lines = fleet.exec(host.name, ["cat", "/var/lib/safedeploy/audit.jsonl"]).stdout.splitlines()
        assert [json.loads(line)["event"] for line in lines[-2:]] == ["prepared", "staged"]
    assert play("rollout", bundle, batches=["100%"]).rc == 0
    assert play("release", bundle).rc == 0
    assert [live(fleet, host.name) for host in fleet.hosts] == [marked("one")] * 3


def test_a_syntax_error_is_refused_in_preflight_and_the_others_are_still_tested(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("fine"), web1="Frobnicate on\n"))
    done = play("preflight", bundle)
    assert done.rc == 2
    found = answers(bundle)
    assert found["web1.preflight"]["error"]["code"] == "configtest-failed"
    assert found["web2.preflight"]["ok"]
    assert found["web3.preflight"]["ok"]
    assert str(bundle / "results" / "web1.preflight.json") in done.text.replace("\n", ""), "where httpd's words are"
    rolled = play("rollout", bundle)
    assert rolled.rc == 2
    assert "The rollout stops here" in rolled.text
    assert [live(fleet, host.name) for host in fleet.hosts] == [None, None, None]


def test_a_host_with_nothing_to_do_is_skipped_with_the_reason_and_is_no_canary(fleet, play, plans, tmp_path):
    wanted = plans(marked("one"))
    wanted["web1"] = Plan(files={CONF: marked("one")}, action="none")
    del wanted["web3"]
    bundle = write_bundle(tmp_path / "bundle", wanted)
    done = play("preflight", bundle, "-v")
    assert done.rc == 0
    assert "it has the release already" in done.text
    assert "[web3]" not in done.text
    rolled = play("rollout", bundle, batches=[1])
    assert rolled.rc == 0
    assert "[web1]" not in rolled.text
    assert (live(fleet, "web1"), live(fleet, "web2")) == (None, marked("one"))


@pytest.mark.parametrize("words", [(), ("--skip-tags", "safedeploy_lease_first")])
def test_another_runs_lease_is_respected(fleet, play, plans, tmp_path, words):
    assert play("preflight", write_bundle(tmp_path / "one", plans(marked("one")), run="run-1")).rc == 0
    bundle = write_bundle(tmp_path / "two", plans(marked("two")), run="run-2")
    assert play("preflight", bundle, *words).rc == 2
    assert {name: answer["error"]["code"] for name, answer in answers(bundle).items()} == {
        f"{host.name}.prepare": "lease-held" for host in fleet.hosts
    }


def test_revert_brings_back_what_was_there(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    play("preflight", bundle)
    play("rollout", bundle, batches=["100%"])
    done = play("revert", bundle, "--limit", "web1,web2")
    assert done.rc == 0, done.text
    assert [live(fleet, host.name) for host in fleet.hosts] == [None, None, marked("one")]
    assert answers(bundle)["web1.revert"]["result"]["outcome"] == "reverted"


def test_facts_are_written_for_each_host_privately(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(""))
    done = play("facts", bundle, "--limit", "web1,web3")
    assert done.rc == 0, done.text
    assert sorted(path.name for path in (bundle / "facts").iterdir()) == ["web1.json", "web3.json"]
    assert "ansible_distribution" in json.loads((bundle / "facts" / "web1.json").read_text())
    assert (bundle / "facts" / "web1.json").stat().st_mode & 0o777 == 0o600


def test_a_playbook_without_its_bundle_says_how_to_give_it(play, tmp_path):
    done = play("rollout", tmp_path / "nowhere")
    assert done.rc != 0
    assert "bundle.json" in done.text


@pytest.mark.parametrize("user", ["deploy", "operator"])
def test_sudo_with_and_without_a_password(fleet, play, plans, tmp_path, user):
    inventory = json.loads(fleet.inventory.read_text())
    variables = inventory["all"]["vars"]
    variables |= {"ansible_become": True}
    for host in inventory["all"]["children"]["web"]["hosts"].values():
        host["ansible_user"] = user
        if user == "operator":
            host["ansible_become_password"] = json.loads(fleet.credentials.read_text())[user]
    (tmp_path / "inventory.json").write_text(json.dumps(inventory))
    bundle = write_bundle(tmp_path / "bundle", plans(marked("by sudo")))
    for name in ("preflight", "rollout", "release"):
        done = play(name, bundle, inventory=tmp_path / "inventory.json", batches=["100%"])
        assert done.rc == 0, done.text
    assert {live(fleet, host.name) for host in fleet.hosts} == {marked("by sudo")}


def test_a_missing_sudo_password_is_a_failure_that_says_so(fleet, play, plans, tmp_path):
    inventory = json.loads(fleet.inventory.read_text())
    inventory["all"]["vars"] |= {"ansible_become": True}
    for host in inventory["all"]["children"]["web"]["hosts"].values():
        host["ansible_user"] = "operator"
    (tmp_path / "inventory.json").write_text(json.dumps(inventory))
    bundle = write_bundle(tmp_path / "bundle", plans(marked("x")))
    assert play("preflight", bundle, inventory=tmp_path / "inventory.json").rc != 0
    lines = ledger(bundle)
    assert {line["host"] for line in lines} == {"web1", "web2", "web3"}
    assert all("password" in line["text"] for line in lines)
