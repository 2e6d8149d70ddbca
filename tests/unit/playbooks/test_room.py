"""No batch begins that would take more hosts out of service than may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safedeploy_control import ledger
from safedeploy_control.bundle import Bundle
from safedeploy_control.room import crowded


@pytest.fixture
def make(tmp_path: Path):
    def bundle(room) -> Bundle:
        document = {"schema": 1, "policy": {"room": room}, "hosts": {f"web{number}": {} for number in range(1, 5)}}
        (tmp_path / "bundle.json").write_text(json.dumps(document))
        return Bundle(tmp_path)

    return bundle


def lose(bundle: Bundle, host: str) -> None:
    ledger.append(bundle.directory, host=host, phase="activate", kind="unreachable", text="t")


def test_without_a_limit_every_batch_may_begin(make):
    assert crowded(make(None), ["web1", "web2", "web3"]) == ""


def test_a_batch_that_fits_beside_what_is_out_may_begin(make):
    assert crowded(make({"limit": 2, "out": ["other"]}), ["web1"]) == ""


def test_a_host_that_the_run_has_lost_takes_room_from_the_batches_behind_it(make):
    bundle = make({"limit": 2, "out": ["other"]})
    lose(bundle, "web1")
    assert crowded(bundle, ["web2"]).startswith("2 out of service (other, web1), and max_unavailable allows 2")


def test_a_host_that_went_back_takes_no_room(make):
    bundle = make({"limit": 1, "out": []})
    lose(bundle, "web1")
    bundle.write_answer("web1", "revert", {"ok": True, "result": {"outcome": "reverted"}})
    assert crowded(bundle, ["web2"]) == ""


def test_a_batch_of_hosts_that_are_out_already_may_begin_beyond_the_limit(make):
    assert crowded(make({"limit": 1, "out": ["web1", "web2"]}), ["web1"]) == ""
