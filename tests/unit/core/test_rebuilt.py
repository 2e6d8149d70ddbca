"""Runs from what hosts have in their audits, and what is not believed."""

from __future__ import annotations

import json

import pytest

from safedeploy.core.rebuilt import audited, rebuilt
from safedeploy.core.rebuilt_files import host_trees
from safedeploy.core.tree import Entry, Kind

RUN = "20260301T120000Z-abc123"
OTHER = "20260301T130000Z-abc124"


def line(event, minute=0, **facts):
    return json.dumps({"at": f"2026-03-01T12:{minute:02}:00Z", "event": event, **facts})


PUSHED = [
    line("prepared", 1, run=RUN, holder="anna@ops", release="aaa", reason="why", command="push"),
    line("staged", 2, release="aaa"),
    line("activated", 3, run=RUN, by="anna@ops", release="aaa", activation="x1", changed=["/etc/a"]),
    line("confirmed", 4, run=RUN, by="anna@ops", release="aaa", activation="x1"),
    line("lease-released", 5),
]


def runs(**lines):
    found = [one for host, some in lines.items() for one in audited(host, some).lines]
    return {run.run: run for run in rebuilt("www", "prod", found, {RUN: {"commit": "c", "dirty": True}}).runs}


def test_a_push_is_a_run_with_person_reason_commit_and_the_end_of_each_host():
    run = runs(web1=PUSHED, web2=PUSHED[:2])[RUN]
    assert (run.command, run.actor, run.reason, run.commit, run.dirty) == ("push", "anna@ops", "why", "c", True)
    assert (run.exit_code, run.summary, run.release) == (0, "1 confirmed, 1 untouched", "aaa")
    assert run.started.isoformat() == "2026-03-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("lines", "code", "summary"),
    [
        (PUSHED[:1], 4, "refused"),
        ([*PUSHED[:3], line("reverted", 4, run=RUN, release="aaa", cause="500")], 6, "1 reverted"),
        ([*PUSHED[:3], line("stranded", 4, activation="x1", release="aaa", cause="dead")], 7, "1 stranded"),
        (PUSHED[:3], 7, "1 pending"),
    ],
)
def test_a_run_ended_as_its_worst_host_did(lines, code, summary):
    run = runs(web1=lines)[RUN]
    assert (run.exit_code, run.summary) == (code, summary)


def test_telling_it_twice_gives_the_same_identities_below_zero():
    first, again = audited("web1", PUSHED), audited("web1", PUSHED)
    assert first == again
    assert all(one.seq < 0 for one in first.lines)
    other = audited("web2", PUSHED)
    assert not {one.seq for one in first.lines} & {one.seq for one in other.lines}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        line("activated", run="../../etc"),
        line("activated", run=["x"]),
        json.dumps({"event": "activated", "run": RUN}),
        json.dumps({"at": "soon", "event": "activated", "run": RUN}),
        line("activated", run=RUN, cause="x" * 100_000),
        "[" * 5000,
    ],
)
def test_a_line_that_is_no_line_of_an_audit_is_counted_and_left_out(text):
    found = audited("web1", [*PUSHED, text])
    assert (len(found.lines), found.odd) == (len(PUSHED), 1)


def test_what_a_host_says_is_fit_to_be_shown_and_holds_no_secret():
    said = line("reverted", run=RUN, cause="\x1b[31mcorrect-horse\x00", by="x\x1b]0;title\x07")
    (found,) = audited("web1", [said], lambda text: text.replace("correct-horse", "********")).lines
    assert (found.text, found.by) == ("********", "x")


def entry(digest):
    return Entry(kind=Kind.FILE, sha256=digest, size=1, mode="0644", owner="root", group="root")


def trees(releases, *runs_of_releases, private=()):
    lines = [
        text
        for number, (run, release, changed) in enumerate(runs_of_releases)
        for text in (
            line("activated", number, run=run, release=release, activation=run, changed=changed),
            line("confirmed", number, run=run, release=release, activation=run),
        )
    ]
    told = rebuilt("www", "prod", audited("web1", lines).lines, {})
    return [record for record in host_trees(told.confirmed, releases, private) if record["kind"] == "host-tree"]


def test_the_first_run_found_what_was_adopted_and_each_other_one_what_the_one_before_left():
    releases = {"adopted": {"/a": entry("0")}, "one": {"/a": entry("1")}, "two": {"/a": entry("2")}}
    first, second = trees(releases, (RUN, "one", ["/a"]), (OTHER, "two", ["/a"]))
    assert (first["before_release"], second["before_release"]) == ("adopted", "one")
    assert second["before"] == first["tree"]
    assert first["changed"] == second["changed"] == ["/a"]


def test_after_a_release_that_the_host_forgot_only_what_the_run_changed_is_its_own():
    releases = {"two": {"/a": entry("2"), "/b": entry("2")}}
    (known,) = trees(releases, (RUN, "one", ["/a"]), (OTHER, "two", ["/a"]))
    assert known["changed"] == ["/a"]
    assert known["before_release"] == "one"


def test_of_a_file_that_is_wholly_secret_there_is_no_digest():
    releases = {"adopted": {}, "one": {"/key": entry("f" * 64)}}
    told = rebuilt("www", "prod", audited("web1", PUSHED).lines, {})
    records = list(host_trees(told.confirmed, {"adopted": {}, "aaa": releases["one"]}, {"/key"}))
    assert "f" * 64 not in json.dumps(records)
    assert any(record.get("entries", {}).get("/key", {}).get("private") for record in records)
