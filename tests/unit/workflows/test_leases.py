"""Leases are given back as well as can be."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from safedeploy.adapters.ssh import Answer, Kind, Refusal, Unreachable
from safedeploy.workflows.leases import release_by_key, release_leases

DONE = Answer(result={"released": True})


def asked(first):
    """Which hosts are asked, in each round, when web1 answers so at first."""
    rounds = []

    def call(_command, requests, **_):
        rounds.append(sorted(requests))
        return {host: first if host == "web1" and len(rounds) == 1 else DONE for host in requests}

    session = SimpleNamespace(identity=SimpleNamespace(key="k" * 32), fleet=SimpleNamespace(call=call))
    release_by_key(session, {"web1": {}, "web2": {}})
    return rounds


@pytest.mark.parametrize("kind", [Kind.CLOSED, Kind.GARBAGE])
def test_a_host_whose_answer_was_lost_is_asked_again(kind):
    assert asked(Unreachable(kind=kind, reason="it said nothing")) == [["web1", "web2"], ["web1"]]


@pytest.mark.parametrize(
    "reply", [DONE, Refusal(code="lease-lost", message=""), Unreachable(kind=Kind.TIMEOUT, reason="")]
)
def test_a_host_that_answered_or_is_not_there_is_not(reply):
    assert asked(reply) == [["web1", "web2"]]


@pytest.mark.parametrize(
    ("prepared", "is_asked"),
    [
        (None, True),
        ({"ok": True, "result": {"token": "1-x"}}, True),
        ({"ok": False, "error": {"code": "bug"}}, True),
        ({"ok": False, "error": {"code": "regression"}}, True),
        ({"ok": False, "error": {"code": "lease-held"}}, False),
        ({"ok": False, "error": {"code": "pending-exists"}}, False),
    ],
)
def test_a_host_is_asked_unless_it_has_said_that_it_gave_no_lease(tmp_path, prepared, is_asked):
    (tmp_path / "results").mkdir()
    (tmp_path / "bundle.json").write_text(json.dumps({"hosts": {"web1": {"site": {}}}}))
    if prepared:
        (tmp_path / "results/web1.prepare.json").write_text(json.dumps(prepared))
    found = []

    def call(_command, requests, **_):
        found.extend(requests)
        return dict.fromkeys(requests, DONE)

    session = SimpleNamespace(identity=SimpleNamespace(key="k" * 32), fleet=SimpleNamespace(call=call))
    release_leases(session, tmp_path, ["web1"])
    assert found == (["web1"] if is_asked else [])
