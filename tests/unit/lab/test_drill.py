"""The record of a drill, and how a drill is judged."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import drill as records
from safedeploy.lab.drill import Drill
from safedeploy.lab.drill_judge import Look, judge

TREE = {"/etc/apache2/a.conf": "file 0644 0:0 aa", "/var/www/app": "dir 0755 0:0"}
BEFORE = {"web1": TREE, "web2": TREE}
WELL = Look(unwell={}, refused={}, trees=BEFORE)


def drill(*answers, **fields):
    made = Drill(fault="backend-down", hosts=("web1",), before=BEFORE, began=100.0, **fields)
    for number, answer in enumerate(answers, start=1):
        made = made.answered(answer, 100.0 + 60 * number)
    return made


def verdict(made, look=WELL, *, elsewhere=False):
    return judge(made, look, elsewhere=elsewhere)


def test_a_fleet_that_is_well_and_a_cause_that_is_right_pass():
    assert verdict(drill("backend-down")).passed


def test_a_wrong_cause_does_not_pass_though_the_fleet_is_well():
    judged = verdict(drill("network-cut"))
    assert (judged.passed, judged.well) == (False, True)


def test_no_cause_does_not_pass():
    assert not verdict(drill()).passed


def test_the_last_answer_counts():
    assert verdict(drill("network-cut", "backend-down")).passed
    assert not verdict(drill("backend-down", "network-cut")).passed


def test_wrong_causes_are_counted_once_each():
    assert drill("network-cut", "network-cut", "httpd-down", "backend-down").wrong == ("network-cut", "httpd-down")


def test_a_host_that_is_still_broken_does_not_pass():
    look = Look(unwell={"web1": ["http://api.lab.test/: status 503"]}, refused={}, trees=BEFORE)
    judged = verdict(drill("backend-down"), look)
    assert not judged.passed
    assert judged.unwell == ("web1: http://api.lab.test/: status 503",)
    assert judged.spoilt == ()


def test_a_cause_that_lies_elsewhere_is_only_to_be_named():
    look = Look(unwell={"web1": ["http://api.lab.test/: status 503"]}, refused={}, trees=BEFORE)
    assert verdict(drill("backend-down"), look, elsewhere=True).passed
    assert not verdict(drill("network-cut"), look, elsewhere=True).passed


def test_a_host_that_was_well_and_is_not_fails_the_drill():
    look = Look(unwell={"web2": ["http://app.lab.test/: status 403"]}, refused={}, trees=BEFORE)
    assert verdict(drill("backend-down"), look).spoilt == ("web2, which was well: http://app.lab.test/: status 403",)


def test_a_configuration_that_httpd_would_refuse_fails_the_drill():
    look = Look(unwell={}, refused={"web1": "Invalid command 'Foo'"}, trees=BEFORE)
    judged = verdict(drill("backend-down"), look)
    assert (judged.passed, judged.well) == (False, True)
    assert "Invalid command 'Foo'" in judged.spoilt[0]


def test_what_anybody_may_write_now_fails_the_drill():
    opened = {**TREE, "/var/www/app": "dir 0777 0:0"}
    judged = verdict(drill("backend-down"), Look(unwell={}, refused={}, trees={"web1": opened, "web2": TREE}))
    assert judged.spoilt == ("web1: anybody may write /var/www/app now",)


def test_what_is_otherwise_than_before_is_told_and_passes():
    now = {"/etc/apache2/a.conf": "file 0644 0:0 bb", "/etc/apache2/b.conf": "file 0644 0:0 cc"}
    judged = verdict(drill("backend-down"), Look(unwell={}, refused={}, trees={"web1": now, "web2": TREE}))
    assert judged.passed
    assert judged.left == (
        "web1: /etc/apache2/a.conf is another",
        "web1: /etc/apache2/b.conf is new",
        "web1: /var/www/app has gone",
    )


def test_a_record_comes_back_as_it_was(tmp_path):
    written = drill("network-cut", hints=2, lint=("a",), diagnosis=None)
    records.write(tmp_path, written)
    assert records.load(tmp_path) == written
    records.forget(tmp_path, written.fault)
    assert records.read(tmp_path) is None
    assert records.last(tmp_path) == "backend-down"


def test_a_drill_that_does_not_go_on_is_said(tmp_path):
    with pytest.raises(SafedeployError, match="No drill goes on") as none:
        records.load(tmp_path)
    assert none.value.code == "drill-none"


def test_a_damaged_record_names_the_way_out(tmp_path):
    (tmp_path / records.FILE).write_text('{"schema": 1}')
    with pytest.raises(SafedeployError) as damaged:
        records.load(tmp_path)
    assert "drill end" in damaged.value.next_step


def test_the_same_seed_chooses_the_same():
    faults, hosts = ["a", "b", "c", "d"], ["web1", "web2", "web3"]
    assert records.chosen(faults, hosts, seed=7, last="") == records.chosen(faults, hosts, seed=7, last="")
    assert len({records.chosen(faults, hosts, seed=seed, last="") for seed in range(50)}) > 8


def test_the_fault_of_the_drill_before_is_not_chosen_again():
    assert "a" not in {records.chosen(["a", "b"], ["web1"], seed=seed, last="a")[0] for seed in range(20)}
    assert records.chosen(["a"], ["web1"], seed=1, last="a")[0] == "a"
