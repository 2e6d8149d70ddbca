"""The catalogue of faults, as a list."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import SafedeployError
from safedeploy.lab.faults import FAULTS, find, record
from safedeploy.lint.registry import rules

ASKED = {
    "config-directive", "hand-edit", "httpd-down", "request-flood", "backend-down", "backend-slow", "network-cut",
    "dns-broken", "workers-exhausted", "disk-full", "inodes-full", "descriptors-exhausted", "certificate-expired",
    "upstream-broken", "permissions", "rewrite-loop", "backend-resets",
}  # fmt: skip


def test_the_catalogue_has_what_the_lab_promises():
    assert set(FAULTS) >= ASKED


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_a_fault_tells_a_whole_story(fault):
    texts = [fault.title, fault.what, fault.page, fault.repair, fault.prevention, *fault.hints]
    assert all(texts)
    assert fault.seen
    assert not fault.title[0].isupper()
    assert all(text.endswith((".", "?", "`", ")")) for text in texts[1:])


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_the_rule_of_a_fault_is_one_of_the_linter(fault):
    assert fault.rule is None or fault.rule in rules()


def test_a_page_does_not_give_the_cause_away():
    assert [fault.name for fault in FAULTS.values() if fault.title.lower() in fault.page.lower()] == []


def test_a_name_that_is_nearly_one_is_suggested():
    with pytest.raises(SafedeployError, match="backend-down") as unknown:
        find("backend-dwon")
    assert unknown.value.code == "fault-unknown"


def test_a_record_is_claimed_once(tmp_path):
    broken = record.Broken(fault="hand-edit", hosts=("web1",), kept=("web1", "web2"), since="2026-01-01T00:00:00+00:00")
    assert record.claim(tmp_path, broken)
    assert not record.claim(tmp_path, broken)
    assert record.read(tmp_path) == broken
    record.forget(tmp_path)
    assert record.read(tmp_path) is None


def test_a_damaged_record_names_the_way_out(tmp_path):
    (tmp_path / record.RECORD).write_text("{")
    with pytest.raises(SafedeployError, match="cannot be read") as damaged:
        record.read(tmp_path)
    assert "lab down" in damaged.value.next_step
