"""A host's own account as values; a malformed one is refused, never half believed."""

from __future__ import annotations

import pytest

from safedeploy.core.observed import ADOPTED, Observed, observed_from_json
from safedeploy.core.tree import ABSENT, Entry, Kind

LINK = {"kind": "link", "target": "x"}


def test_a_host_that_was_never_touched() -> None:
    observed = observed_from_json("web1", {"live": {"/p": {"kind": "absent"}}, "live_digest": "d", "state": None})
    assert observed.current is None
    assert observed.live == {"/p": ABSENT}
    assert not observed.edited("/p")


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"live": 3, "live_digest": "d"},
        {"live": {"/p": {"kind": "sock"}}, "live_digest": "d"},
        {"live": {}, "live_digest": "d", "content": {"/p": "*"}},
    ],
)
def test_a_malformed_answer_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"web1|sock"):
        observed_from_json("web1", value)


def test_edited_compares_with_what_safedeploy_left_there() -> None:
    link = Entry(kind=Kind.LINK, target="x")
    observed = Observed(host="web1", live={"/p": ABSENT, "/q": link}, current_tree={"/p": link, "/q": link}, adopted={})
    assert observed.edited("/p")
    assert not observed.edited("/q")


@pytest.mark.parametrize(
    ("current", "history", "previous"),
    [
        ("c", ["a", "b", "c"], "b"),
        ("b", ["a", "b", "c", "b"], "c"),
        ("a", ["a"], ADOPTED),
        (ADOPTED, ["a"], "a"),
        (None, [], None),
    ],
)
def test_the_release_to_roll_back_to(current: str | None, history: list[str], previous: str | None) -> None:
    observed = Observed(host="web1", current=current, history=tuple({"release": name} for name in history))
    assert observed.previous_known_good() == previous
