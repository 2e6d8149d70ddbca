"""What each phase sends, made from the bundle and from what the host answered before."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from safedeploy_control import requests
from safedeploy_control.bundle import Bundle, BundleError
from safedeploy_control.requests import NothingToDo, request

CONTENT = b"Listen 80\n"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    host = {"site": {"state_dir": "/s"}, "expect_live": "e", "health": [{"url": "u"}], "controller_health": []}
    document = {
        "schema": 1,
        "run": "run-1",
        "actor": "ann",
        "reason": "why",
        "agent": {"sha256": "a" * 64, "file": "agent.pyz"},
        "policy": {
            "confirm_window": 60,
            "bake": 0,
            "keep": 5,
            "lease_ttl": 300,
            "error_budget": 0,
            "allow_restart": True,
            "probing": {"shadow": True, "max": 9},
            "accept": ["00000001"],
        },
        "hosts": {
            "web1": {
                **host,
                "action": "activate",
                "activation": None,
                "likely": [DIGEST],
                "expect": [{"url": "http://x/", "any": True}],
            },
            "web2": {**host, "action": "none", "activation": None, "why": "already there"},
            "web3": {**host, "action": "activate", "activation": "given", "confidential": False},
        },
    }
    for name in ("manifests", "objects"):
        (tmp_path / name).mkdir()
    (tmp_path / "objects" / DIGEST).write_bytes(CONTENT)
    for name in document["hosts"]:
        (tmp_path / "manifests" / f"{name}.json").write_text(json.dumps({"release": "r1"}))
    (tmp_path / "bundle.json").write_text(json.dumps(document))
    return Bundle(tmp_path)


def answered(bundle: Bundle, host: str, phase: str, **result: object) -> None:
    bundle.write_answer(host, phase, {"safedeploy": 1, "ok": True, "result": result})


def test_prepare_takes_the_lease_for_the_run_and_its_actor(bundle):
    sent = request(bundle, "web1", "prepare")
    assert (sent["run"], sent["holder"], sent["ttl"], sent["reason"]) == ("run-1", "ann", 300, "why")
    assert sent["manifest"] == {"release": "r1"}


def test_for_a_preflight_the_host_takes_the_lease_for_the_run_and_its_actor_and_says_so(bundle):
    sent = request(bundle, "web1", "preflight")
    assert (sent["run"], sent["holder"], sent["ttl"], sent["reason"]) == ("run-1", "ann", 300, "why")
    assert sent["manifest"] == {"release": "r1"}
    assert sent["tell"] is True
    assert "token" not in sent


def test_what_a_host_is_likely_to_lack_is_sent_before_it_asks(bundle):
    assert request(bundle, "web1", "preflight")["objects"] == {DIGEST: base64.b64encode(CONTENT).decode()}
    assert request(bundle, "web3", "preflight")["objects"] == {}


def test_preflight_sends_only_what_the_host_misses(bundle):
    answered(bundle, "web1", "prepare", token="t", missing=[DIGEST])
    sent = request(bundle, "web1", "preflight")
    assert sent["objects"] == {DIGEST: base64.b64encode(CONTENT).decode()}
    answered(bundle, "web1", "prepare", token="t", missing=[])
    sent = request(bundle, "web1", "preflight")
    assert (sent["objects"], sent["token"]) == ({}, "t")
    assert "run" not in sent


def test_preflight_is_told_how_to_try_the_candidate_and_what_is_intended(bundle):
    answered(bundle, "web1", "prepare", token="t", missing=[])
    sent = request(bundle, "web1", "preflight")
    assert sent["probing"] == {"shadow": True, "max": 9}
    assert sent["accept"] == ["00000001"]
    assert sent["expect"] == [{"url": "http://x/", "any": True}]


@pytest.mark.parametrize("wanted", ["../../etc/shadow", "x" * 64, DIGEST.upper(), ""])
def test_a_host_can_ask_for_nothing_but_digests(bundle, wanted):
    answered(bundle, "web1", "prepare", token="t", missing=[wanted])
    with pytest.raises(BundleError, match="not a digest"):
        request(bundle, "web1", "preflight")


def test_a_host_cannot_ask_for_what_is_not_in_the_bundle(bundle):
    answered(bundle, "web1", "prepare", token="t", missing=["0" * 64])
    with pytest.raises(BundleError, match="no object"):
        request(bundle, "web1", "preflight")


def test_activate_carries_the_policy(bundle):
    answered(bundle, "web1", "prepare", token="t", missing=[])
    sent = request(bundle, "web1", "activate")
    assert {
        key: sent[key] for key in ("token", "release", "confirm_window", "allow_restart", "keep", "expect_live")
    } == {
        "token": "t",
        "release": "r1",
        "confirm_window": 60,
        "allow_restart": True,
        "keep": 5,
        "expect_live": "e",
    }


def test_confirm_and_revert_name_what_was_activated(bundle):
    answered(bundle, "web1", "prepare", token="t", missing=[])
    answered(bundle, "web1", "activate", activation="a1", outcome="activated")
    assert request(bundle, "web1", "confirm")["activation"] == "a1"
    assert request(bundle, "web1", "revert")["activation"] == "a1"


def test_the_host_asks_its_services_before_it_confirms(bundle):
    answered(bundle, "web1", "prepare", token="t", missing=[])
    answered(bundle, "web1", "activate", activation="a1", outcome="activated")
    sent = request(bundle, "web1", "confirm")
    assert sent["health"] == bundle.host("web1")["health"]
    assert sent["actor"] == bundle.actor


def test_a_request_is_confidential_unless_the_bundle_says_that_it_is_not(bundle):
    assert requests.confidential(bundle, "web1")
    assert not requests.confidential(bundle, "web3")


def test_a_person_decides_with_a_lease_of_the_decision_on_what_the_bundle_names(bundle):
    assert request(bundle, "web3", "take")["activation"] == "given"
    answered(bundle, "web3", "take", token="of the decision")
    sent = request(bundle, "web3", "confirm")
    assert (sent["token"], sent["activation"]) == ("of the decision", "given")


def test_a_revert_that_the_bundle_names_needs_no_activation_of_this_run(bundle):
    answered(bundle, "web3", "prepare", token="t", missing=[])
    assert request(bundle, "web3", "revert")["activation"] == "given"


@pytest.mark.parametrize(
    ("host", "phase", "why"),
    [
        ("web9", "prepare", "not part of this run"),
        ("web2", "prepare", "already there"),
        ("web2", "preflight", "already there"),
        ("web2", "activate", "already there"),
        ("web1", "activate", "no lease"),
        ("web1", "release", "no lease"),
        ("web1", "confirm", "Nothing was activated"),
        ("web1", "revert", "Nothing that this run activated"),
    ],
)
def test_a_phase_with_nothing_to_do_says_why(bundle, host, phase, why):
    with pytest.raises(NothingToDo, match=why):
        request(bundle, host, phase)


def test_a_host_that_had_the_release_already_has_nothing_to_confirm(bundle):
    answered(bundle, "web1", "prepare", token="t", missing=[])
    answered(bundle, "web1", "activate", activation=None, outcome="unchanged")
    with pytest.raises(NothingToDo, match="nothing to confirm"):
        request(bundle, "web1", "confirm")


def test_a_refused_phase_gives_no_token(bundle):
    bundle.write_answer("web1", "prepare", {"safedeploy": 1, "ok": False, "error": {"code": "lease-held"}})
    with pytest.raises(NothingToDo):
        request(bundle, "web1", "activate")


def test_answers_are_private_and_replaced_whole(bundle):
    path = bundle.write_answer("web1", "prepare", {"ok": True, "result": {}})
    assert path.stat().st_mode & 0o777 == 0o600
    bundle.write_answer("web1", "prepare", {"ok": False})
    assert json.loads(path.read_text()) == {"ok": False}
    assert [item.name for item in path.parent.iterdir()] == ["web1.prepare.json"]


@pytest.mark.parametrize("name", ["../web1", "a/b", ".hidden"])
def test_a_name_that_would_lead_out_of_the_bundle_is_refused(bundle, name):
    with pytest.raises(BundleError, match="name of a host"):
        bundle.write_answer(name, "prepare", {})


def test_a_missing_damaged_or_newer_bundle_is_named(tmp_path):
    with pytest.raises(BundleError, match="safedeploy_bundle"):
        Bundle.named({}, {})
    with pytest.raises(BundleError, match=r"bundle\.json"):
        Bundle(tmp_path)
    (tmp_path / "bundle.json").write_text("{")
    with pytest.raises(BundleError, match="not JSON"):
        Bundle(tmp_path)
    (tmp_path / "bundle.json").write_text('{"schema": 2}')
    with pytest.raises(BundleError, match="schema"):
        Bundle(tmp_path)
