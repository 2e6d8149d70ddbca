"""What is recorded of a host's files, and what is not."""

from __future__ import annotations

import json

from safedeploy.core.changed_lines import Changed
from safedeploy.core.outcome import End, HostEnd
from safedeploy.core.plan import Action, ActionKind, HostPlan, Verdict
from safedeploy.core.recording import acting_only, host_records, without_repeats
from safedeploy.core.tree import ABSENT, Entry, Kind


def entry(digest):
    return Entry(kind=Kind.FILE, sha256=digest * 64, size=1, mode="0644", owner="root", group="root")


def action(path, before, after):
    kind = ActionKind.NONE if before == after else ActionKind.CHANGE
    return Action(path=path, kind=kind, before=before, after=after, reason="")


PLAN = HostPlan(
    host="web1",
    verdict=Verdict.CHANGE,
    reason="",
    actions=(
        action("/a", ABSENT, entry("a")),
        action("/key", entry("b"), entry("c")),
        action("/same", entry("d"), entry("d")),
    ),
    tree="t",
    expect_live="l",
    current="before",
)
CHANGED = (Changed(path="/a", after="x ********\n"), Changed(path="/key", before="old", after="new"))


def records(end=End.CONFIRMED, *, texts=True, host="web1"):
    found = HostEnd(host=host, end=end, why="", release="rel")
    return list(host_records(PLAN, found, CHANGED, frozenset({"/key"}), texts=texts))


def test_a_host_that_changed_has_its_files_before_and_after():
    *_, host = records()
    trees = {one["digest"]: one["entries"] for one in records() if one["kind"] == "tree"}
    assert (host["host"], host["end"], host["release"], host["before_release"]) == (
        "web1",
        "confirmed",
        "rel",
        "before",
    )
    assert host["changed"] == ["/a", "/key"]
    assert trees[host["before"]]["/a"] == {"kind": "absent"}
    assert trees[host["tree"]]["/same"] == trees[host["before"]]["/same"] == entry("d").to_json()


def test_of_a_file_that_is_wholly_secret_there_is_neither_text_nor_digest():
    told = json.dumps(records())
    assert "b" * 64 not in told
    assert "c" * 64 not in told
    assert '"new"' not in told


def test_the_masked_texts_of_changed_files_are_kept_unless_they_are_not_to_be():
    assert [one["text"] for one in records() if one["kind"] == "text"] == ["x ********\n"]
    assert [one for one in records(texts=False) if one["kind"] == "text"] == []


def test_a_host_that_did_not_keep_the_change_has_nothing():
    assert records(End.REVERTED) == records(End.UNTOUCHED) == records(End.STRANDED) == []


def test_what_many_hosts_have_alike_is_recorded_once():
    every = list(without_repeats([*records(), *records(host="web2")]))
    assert len(every) == len(records()) + 1
    assert [one["kind"] for one in every].count("host-tree") == 2


def test_a_plan_is_recorded_without_what_stays_as_it_is():
    hosts = {"web1": {"actions": [{"action": "none"}, {"action": "create"}]}}
    assert acting_only({"hosts": hosts})["hosts"]["web1"]["actions"] == [{"action": "create"}]
