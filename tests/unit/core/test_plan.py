"""The plan: given what should be and what is, which actions with which reasons."""

from __future__ import annotations

import hashlib

import pytest

from safedeploy.core.observed import Httpd, Observed, Pending
from safedeploy.core.plan import ActionKind, Verdict, changed_since, effective, likely_missing, plan_host
from safedeploy.core.tree import ABSENT, Entry, Kind, RenderedTree

PATH = "/etc/apache2/sites-available/www.conf"
LINK = Entry(kind=Kind.LINK, target="../sites-available/www.conf")
LOADED = Httpd(installed=True, running=True, loaded=True)


def file(text: str, mode: str = "0644") -> Entry:
    content = text.encode()
    return Entry(
        kind=Kind.FILE,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        mode=mode,
        owner="root",
        group="root",
    )


def desired(entries: dict[str, Entry]) -> RenderedTree:
    return RenderedTree(host="web1", entries=entries, content={}, origin=dict.fromkeys(entries, "www.conf.j2"))


def observed(live: dict[str, Entry], **known: object) -> Observed:
    return Observed(**{"host": "web1", "live": live, "live_digest": "d", "httpd": LOADED, **known})


CASES = [
    ("a file that is not there is created", file("new"), {}, ActionKind.CREATE, "not there yet"),
    ("another content is a change", file("new"), {PATH: file("old")}, ActionKind.CHANGE, "content differs"),
    (
        "another mode alone is not a change of content",
        file("a", "0600"),
        {PATH: file("a")},
        ActionKind.ATTRIBUTES,
        "mode 0644",
    ),
    ("a declared absence deletes", ABSENT, {PATH: file("old")}, ActionKind.DELETE, "declared absent"),
    (
        "a link that points elsewhere is set anew",
        LINK,
        {PATH: Entry(kind=Kind.LINK, target="x")},
        ActionKind.LINK,
        "points to x",
    ),
    ("a file where a link should be", LINK, {PATH: file("old")}, ActionKind.LINK, "is a file, should be a link"),
    (
        "a directory in the way is named",
        file("a"),
        {PATH: Entry(kind=Kind.OTHER, type="dir")},
        ActionKind.CHANGE,
        "is a dir",
    ),
    ("what is as wanted needs nothing", file("a"), {PATH: file("a")}, ActionKind.NONE, "already as wanted"),
    ("what is absent as wanted needs nothing", ABSENT, {}, ActionKind.NONE, "already absent"),
]


@pytest.mark.parametrize(("name", "after", "live", "kind", "reason"), CASES, ids=[case[0] for case in CASES])
def test_one_path(name: str, after: Entry, live: dict[str, Entry], kind: ActionKind, reason: str) -> None:
    action = plan_host(desired({PATH: after}), observed(live)).actions[0]
    assert action.kind is kind
    assert reason in action.reason


def test_a_path_that_left_the_configuration_gets_back_what_was_there_before() -> None:
    plan = plan_host(
        desired({}),
        observed(
            {PATH: file("ours")}, adopted={PATH: file("distribution")}, current_tree={PATH: file("ours")}, current="r1"
        ),
    )
    assert plan.actions[0].after == file("distribution")
    assert "comes back" in plan.actions[0].reason


def test_a_file_that_safedeploy_made_is_removed_when_it_leaves_the_configuration() -> None:
    plan = plan_host(
        desired({}),
        observed({PATH: file("ours")}, adopted={PATH: ABSENT}, current_tree={PATH: file("ours")}, current="r1"),
    )
    assert plan.actions[0].kind is ActionKind.DELETE
    assert "nothing was there before" in plan.actions[0].reason


def test_a_hand_edit_is_said_in_the_reason() -> None:
    plan = plan_host(
        desired({PATH: file("new")}),
        observed({PATH: file("by hand")}, adopted={PATH: ABSENT}, current_tree={PATH: file("ours")}, current="r1"),
    )
    assert plan.actions[0].edited
    assert "edited on the host since release r1" in plan.actions[0].reason


def test_the_first_push_says_that_the_present_file_is_kept() -> None:
    plan = plan_host(desired({PATH: file("new")}), observed({PATH: file("distribution")}))
    assert "kept for a revert" in plan.actions[0].reason


def test_equal_and_loaded_is_nothing_with_a_reason() -> None:
    entries = {PATH: file("a")}
    plan = plan_host(desired(entries), observed(entries, current="r1", current_tree=entries, adopted={PATH: ABSENT}))
    assert plan.verdict is Verdict.NOTHING
    assert "release r1" in plan.reason


def test_equal_but_not_recorded_is_recorded_without_a_reload() -> None:
    plan = plan_host(desired({PATH: file("a")}), observed({PATH: file("a")}))
    assert plan.verdict is Verdict.RECORD


@pytest.mark.parametrize(
    "httpd", [Httpd(installed=True, running=True, loaded=False), Httpd(installed=True, running=False)]
)
def test_equal_on_disk_but_not_loaded_is_a_reload(httpd: Httpd) -> None:
    entries = {PATH: file("a")}
    seen = observed(entries, current="r1", current_tree=entries, adopted={PATH: ABSENT}, httpd=httpd)
    assert plan_host(desired(entries), seen).verdict is Verdict.RELOAD


def test_a_release_covers_every_path_that_was_ever_touched() -> None:
    adopted = {"/a": file("old"), "/b": ABSENT}
    assert effective({"/b": file("new")}, adopted) == {"/a": file("old"), "/b": file("new")}


def test_a_saved_plan_that_still_holds_has_no_reason_against_it() -> None:
    plan = plan_host(desired({PATH: file("a")}), observed({}))
    assert changed_since({"web1": (plan.tree, plan.expect_live)}, {"web1": plan}) == []


@pytest.mark.parametrize(
    ("planned", "reason"),
    [
        ({"web1": ("another tree", "d")}, "rendering has changed"),
        ({"web1": (plan_host(desired({}), observed({})).tree, "another live")}, "live files have changed"),
        ({"web2": ("t", "d")}, "not among the hosts now"),
        ({}, "not in the plan"),
    ],
)
def test_a_saved_plan_that_no_longer_holds_says_why(planned: dict[str, tuple[str, str]], reason: str) -> None:
    plan = plan_host(desired({}), observed({}))
    assert any(reason in text for text in changed_since(planned, {"web1": plan}))


def test_what_nobody_has_confirmed_is_not_taken_for_done():
    entries = {PATH: file("a")}
    pending = Pending(activation="x-1", release="x", run="r", by="ann", since="then", deadline=1.0)
    seen = observed(entries, current="x", current_tree=entries, pending=pending)
    plan = plan_host(desired(entries), seen)
    assert plan.verdict.acts
    assert "nobody has confirmed release x" in plan.reason


def test_a_host_is_likely_to_lack_what_it_serves_another_content_of():
    want = {"/a": file("new"), "/b": file("same", mode="0600"), "/c": file("same"), "/d": LINK}
    live = {"/a": file("old"), "/b": file("same"), "/c": file("same")}
    contents = [want[path].sha256 for path in ("/a", "/c")]
    known = plan_host(desired(want), observed(live, current="r1"))
    assert likely_missing(known, contents) == [want["/a"].sha256]
    assert likely_missing(known, []) == []
    new = plan_host(desired(want), observed(live))
    assert likely_missing(new, contents) == sorted(contents)
