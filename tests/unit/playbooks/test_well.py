"""Whether a host that was taken out of service may go back, by what it answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safedeploy_control import ledger
from safedeploy_control.bundle import Bundle
from safedeploy_control.well import may_serve, out_of_service


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    (tmp_path / "bundle.json").write_text(json.dumps({"schema": 1, "hosts": {"web1": {}, "web2": {}}}))
    bundle = Bundle(tmp_path)
    bundle.write_answer("web1", "drain", good())
    return bundle


def good(**result):
    return {"ok": True, "result": result}


def bad(code: str):
    return {"ok": False, "error": {"code": code}}


def wrong(bundle: Bundle, phase: str, kind: str) -> None:
    ledger.append(bundle.directory, host="web1", phase=phase, kind=kind, text="t")


def test_a_host_that_was_drained_and_not_asked_to_change_may_serve(bundle):
    wrong(bundle, "See that it was taken out of service in time", "failed")
    assert may_serve(bundle, "web1")[0]


def test_a_host_that_never_was_drained_is_not_put_back(bundle):
    assert may_serve(bundle, "web2") == (False, "it is not out of service")


def test_a_host_that_was_put_back_is_not_put_back_again(bundle):
    bundle.write_answer("web1", "undrain", good())
    assert not may_serve(bundle, "web1")[0]


@pytest.mark.parametrize(
    ("code", "may"), [("reverted", True), ("lease-lost", True), ("stranded", False), ("bug", False)]
)
def test_the_answer_to_the_activation_decides(bundle, code, may):
    bundle.write_answer("web1", "activate", bad(code))
    assert may_serve(bundle, "web1")[0] is may


@pytest.mark.parametrize("kind", ["unreachable", "timeout"])
def test_an_activation_without_an_answer_leaves_the_host_out(bundle, kind):
    wrong(bundle, "activate", kind)
    assert not may_serve(bundle, "web1")[0]


def test_a_release_that_is_live_and_was_not_taken_back_leaves_the_host_out(bundle):
    bundle.write_answer("web1", "activate", good(outcome="activated"))
    bundle.write_answer("web1", "revert", bad("stranded"))
    assert not may_serve(bundle, "web1")[0]
    bundle.write_answer("web1", "revert", good(outcome="reverted"))
    assert may_serve(bundle, "web1")[0]


def test_a_lost_host_counts_as_out_of_service_until_it_is_back_and_put_back(bundle):
    wrong(bundle, "activate", "reverted")
    bundle.write_answer("web1", "activate", bad("reverted"))
    assert out_of_service(bundle) == {"web1"}
    bundle.write_answer("web1", "undrain", good())
    assert out_of_service(bundle) == set()
