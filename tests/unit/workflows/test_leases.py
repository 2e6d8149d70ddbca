"""Leases are given back as well as can be."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from safedeploy.adapters.ssh import Answer, Kind, Refusal, Unreachable
from safedeploy.workflows.leases import release_by_key

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
