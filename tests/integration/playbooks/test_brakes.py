"""When a host goes wrong, in whatever way, no further batch begins."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from bundles import answers, ledger, write_bundle
from hosts_seen import BREAKS_AT_RUN_TIME, live, marked, state

from safedeploy.lab.fleet import Lab

pytestmark = pytest.mark.lab


def connections(fleet: Lab) -> list[str]:
    """The ssh clients that have, or make, a connection of their own to this fleet."""
    done = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True, check=True)
    found = [line for line in done.stdout.splitlines() if line.startswith("ssh ") and str(fleet.directory) in line]
    return [line for line in found if "ControlMaster=no" in line]


def goes_back(fleet: Lab, host: str) -> bool:
    """Whether the host takes the release back by itself."""
    deadline = time.monotonic() + 15
    while live(fleet, host) is not None and time.monotonic() < deadline:
        time.sleep(0.2)
    return live(fleet, host) is None


def test_a_host_that_reverts_stops_the_rollout(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(BREAKS_AT_RUN_TIME))
    assert play("preflight", bundle).rc == 0, "configtest cannot see it"
    done = play("rollout", bundle, batches=[1, 1])
    assert done.rc == 2
    first = ledger(bundle)[0]
    assert (first["host"], first["kind"], first["phase"]) == ("web1", "reverted", "activate")
    assert answers(bundle)["web1.activate"]["error"]["code"] == "reverted"
    assert [live(fleet, host.name) for host in fleet.hosts] == [None, None, None]
    assert not {"web1.confirm", "web2.activate"} & set(answers(bundle))
    assert not connections(fleet), "what was got ready for the confirmation is ended"
    assert "verified" in done.text, "the message says what state the host is in"


def test_an_unreachable_host_stops_the_rollout(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    assert play("preflight", bundle).rc == 0
    fleet.kill_sshd("web1")
    # A second host in the batch, so that Ansible by itself would go on to the next one.
    done = play("rollout", bundle, batches=[2, 1])
    assert done.rc != 0
    assert [(line["host"], line["kind"]) for line in ledger(bundle)] == [("web1", "unreachable")]
    assert "1 of 3 hosts went wrong" in done.text
    assert live(fleet, "web2") == marked("one"), "the batch that had begun is finished"
    assert state(fleet, "web2")["pending"] is None
    assert live(fleet, "web3") is None


def test_within_the_error_budget_the_rollout_goes_on_and_still_ends_as_failed(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one"), web1=BREAKS_AT_RUN_TIME), error_budget=1)
    assert play("preflight", bundle).rc == 0
    assert play("rollout", bundle, batches=[2, 1]).rc == 2
    assert [live(fleet, host.name) for host in fleet.hosts] == [None, marked("one"), marked("one")]


def test_a_batch_that_fails_as_a_whole_is_within_the_budget_too(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one"), web1=BREAKS_AT_RUN_TIME), error_budget=1)
    assert play("preflight", bundle).rc == 0
    done = play("rollout", bundle, batches=[1, 1])
    assert done.rc == 2
    assert "1 of 3 hosts went wrong, allowed are 1: web1 (reverted)" in done.text.replace("\n", " ")
    assert [live(fleet, host.name) for host in fleet.hosts] == [None, marked("one"), marked("one")]


def test_an_unreachable_host_of_a_batch_of_one_is_within_the_budget_too(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")), error_budget=1)
    assert play("preflight", bundle).rc == 0
    fleet.kill_sshd("web1")
    assert play("rollout", bundle, batches=[1, 1]).rc == 2
    assert [(line["host"], line["kind"]) for line in ledger(bundle)] == [("web1", "unreachable")]
    assert [live(fleet, host.name) for host in fleet.hosts] == [None, marked("one"), marked("one")]


def test_the_gate_sees_a_lost_host_without_the_callback_too(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")))
    assert play("preflight", bundle).rc == 0
    fleet.kill_sshd("web1")
    assert play("rollout", bundle, "--limit", "web1").rc != 0
    (bundle / "ledger.jsonl").unlink()
    done = play("rollout", bundle, "--limit", "web2")
    assert done.rc == 2
    assert "web1 (not confirmed)" in done.text.replace("\n", " ")
    assert live(fleet, "web2") is None


def test_a_host_that_is_ill_as_seen_from_here_is_reverted_and_stops_the_rollout(fleet, play, plans, tmp_path):
    wanted = plans(marked("one"))
    for plan in wanted.values():
        plan.health = [{"url": "http://www.lab.test/"}]
        plan.controller_health = [{"name": "from here", "url": "http://www.lab.test/", "status": [418]}]
    bundle = write_bundle(tmp_path / "bundle", wanted)
    assert play("preflight", bundle).rc == 0
    done = play("rollout", bundle, batches=[1, 1])
    assert done.rc == 2
    found = answers(bundle)
    assert found["web1.activate"]["ok"]
    assert found["web1.controller_health"]["error"]["code"] == "health-failed"
    assert found["web1.revert"]["result"]["outcome"] == "reverted"
    assert "web1.confirm" not in found
    assert "web2.activate" not in found
    assert live(fleet, "web1") is None
    assert state(fleet, "web1")["pending"] is None


def test_a_host_that_cannot_be_reached_anew_is_not_confirmed_and_goes_back(fleet, play, plans, tmp_path):
    """The connection that is open already still works; only a new one shows that nobody can log in any more."""
    wanted = plans(marked("one"))
    # The release itself shuts the door: what a firewall rule or an sshd setting does.
    bundle = write_bundle(tmp_path / "bundle", wanted, confirm_window=4, bake=2)
    assert play("preflight", bundle).rc == 0
    shut = "while [ ! -e /etc/apache2/conf-enabled/zz-test.conf ]; do sleep 0.1; done; kill $(pgrep -o -x sshd)"
    fleet.exec("web1", ["sh", "-c", f"({shut}) </dev/null >/dev/null 2>&1 &"])
    done = play("rollout", bundle, batches=[1, 1])
    assert done.rc != 0
    assert answers(bundle)["web1.activate"]["ok"]
    assert "web1.confirm" not in answers(bundle)
    assert [(line["host"], line["kind"], line["phase"]) for line in ledger(bundle)] == [
        ("web1", "unreachable", "confirm")
    ]
    assert goes_back(fleet, "web1")
    assert live(fleet, "web2") is None


def test_a_connection_that_is_open_does_not_confirm_where_nothing_lies_in_between(fleet, play, plans, tmp_path):
    bundle = write_bundle(tmp_path / "bundle", plans(marked("one")), confirm_window=4)
    assert play("preflight", bundle).rc == 0
    fleet.exec("web1", ["sh", "-c", "kill $(pgrep -o -x sshd)"])
    assert play("rollout", bundle, batches=[1, 1]).rc != 0
    assert answers(bundle)["web1.activate"]["ok"], "the open connection still works"
    assert "web1.confirm" not in answers(bundle)
    assert [(line["host"], line["kind"], line["phase"]) for line in ledger(bundle)] == [
        ("web1", "unreachable", "confirm")
    ]
    assert goes_back(fleet, "web1")
    assert live(fleet, "web2") is None


SLOW = """
import socket, time
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", 9797))
listener.listen()
while True:
    one = listener.accept()[0]
    one.recv(4096)
    time.sleep(2)
    one.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nwell")
    one.close()
"""


@pytest.fixture
def slowly(fleet, play, plans, tmp_path):
    """A bundle, passed by pre-flight, whose only host needs two seconds to prove the release."""
    wanted = plans(marked("one"))
    wanted["web1"].health = [{"url": "http://www.lab.test:9797/"}]
    fleet.exec("web1", ["sh", "-c", f"python3 -c '{SLOW}' </dev/null >/dev/null 2>&1 &"])
    bundle = write_bundle(tmp_path / "bundle", wanted, confirm_window=10)
    assert play("preflight", bundle).rc == 0
    assert answers(bundle)["web1.preflight"]["result"]["baseline"][0]["ms"] > 1500
    return bundle


def test_the_new_connection_is_made_while_the_host_still_proves_the_release(fleet, play, slowly):
    with ThreadPoolExecutor() as pool:
        rollout = pool.submit(play, "rollout", slowly, "--limit", "web1")
        seen = 0
        while not rollout.done() and "web1.activate" not in answers(slowly):
            seen += bool(connections(fleet))
        assert rollout.result().rc == 0
    assert seen, "it was made when the host had answered"
    assert state(fleet, "web1")["pending"] is None


def test_a_program_that_is_killed_in_preflight_is_not_told_as_a_host_out_of_reach(fleet, play, slowly):
    with ThreadPoolExecutor() as pool:
        again = pool.submit(play, "preflight", slowly, "--limit", "web1")
        while not again.done() and fleet.exec("web1", ["pkill", "-KILL", "-f", "pyz preflight$"]).returncode != 0:
            time.sleep(0.05)
        done = again.result()
    assert "The program on the host was killed before it had answered" in done.text
    assert "UNREACHABLE! => " not in done.text
    assert "Make sure this host can be reached" not in done.text


def test_a_release_whose_proof_is_killed_is_not_confirmed_over_the_new_connection(fleet, play, slowly):
    with ThreadPoolExecutor() as pool:
        rollout = pool.submit(play, "rollout", slowly, "--limit", "web1")
        while not rollout.done() and not connections(fleet):
            time.sleep(0.05)
        killed = fleet.exec("web1", ["pkill", "-KILL", "-f", "pyz activate$"])
        assert killed.returncode == 0, "the host was still at it"
        done = rollout.result()
    assert done.rc != 0
    assert "The program on the host was killed before it had answered" in done.text
    assert [(one["host"], one["kind"]) for one in ledger(slowly)] == [("web1", "failed")]
    assert "web1.confirm" not in answers(slowly)
    assert not connections(fleet)
    assert goes_back(fleet, "web1")
