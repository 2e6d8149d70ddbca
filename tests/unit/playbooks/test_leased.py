"""What a host says of its lease is kept when it comes, and once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safedeploy_control.bundle import Bundle
from safedeploy_control.leased import Leased

LINE = json.dumps({"safedeploy": 1, "progress": "prepared", "result": {"token": "1-x", "missing": ["a"]}})


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    (tmp_path / "bundle.json").write_text(json.dumps({"schema": 1}))
    return Bundle(tmp_path)


def refusal(code: str) -> dict[str, object]:
    return {"safedeploy": 1, "ok": False, "error": {"code": code}}


def test_it_is_the_hosts_answer_to_prepare(bundle):
    lease = Leased(bundle, "web1")
    assert not lease.has
    lease.heard(LINE.encode())
    assert bundle.result("web1", "prepare") == {"token": "1-x", "missing": ["a"]}
    lease.told(LINE.replace("1-x", "2-y"))
    assert bundle.result("web1", "prepare")["token"] == "1-x"


def test_where_it_was_not_heard_it_is_found_in_all_that_was_said(bundle):
    lease = Leased(bundle, "web1")
    lease.told(f"Welcome\n{LINE}\n{json.dumps(refusal('regression'))}\n")
    assert lease.has


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        '{"safedeploy":1,"progress":"prepared"}',
        '{"safedeploy":1,"progress":"prepared","result":7}',
        '{"safedeploy":1,"progress":"prepared","result":{"token":""}}',
        '{"safedeploy":1,"progress":"loaded","result":{"token":"1-x"}}',
        '{"safedeploy":1,"progress":"prepared","result":{"token":"1-x","missing":[NaN]}}',
    ],
)
def test_what_is_no_lease_is_none(bundle, said):
    lease = Leased(bundle, "web1")
    lease.told(said)
    lease.heard(said.encode() + b"\xff")
    assert not lease.has


def test_a_full_disk_does_not_disturb_what_is_being_heard(bundle, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Bundle, "write_answer", full)
    lease = Leased(bundle, "web1")
    lease.heard(LINE.encode())
    with pytest.raises(OSError, match="No space"):
        lease.told(LINE)


def test_a_host_lacks_contents_only_where_it_has_the_lease(bundle):
    lease = Leased(bundle, "web1")
    assert not lease.lacks(refusal("object-missing"))
    lease.heard(LINE.encode())
    assert lease.lacks(refusal("object-missing"))
    assert not lease.lacks(refusal("regression"))
    assert not lease.lacks({"safedeploy": 1, "ok": True, "result": {}})
