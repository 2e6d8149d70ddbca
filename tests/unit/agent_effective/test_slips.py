"""Slips of the pen in names, and what can be told of a regular expression without running it."""

from __future__ import annotations

import pytest
from safedeploy_host.effective import regexes
from safedeploy_host.effective.similar import edits, nearest


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("CORS_0K", ["CORS_OK"], "CORS_OK"),
        ("rewrit", ["rewrite", "headers"], "rewrite"),
        ("hedaers", ["headers"], "headers"),
        ("htdoc", ["htdocs", "cgi-bin"], "htdocs"),
        ("env", ["enw"], None),
        ("host1", ["host2"], None),
        ("proxy_http", ["proxy_http"], None),
        ("dav", ["qos"], None),
    ],
)
def test_a_name_is_taken_for_another_only_when_it_is_near(name: str, known: list[str], found: str | None) -> None:
    assert nearest(name, known) == found


def test_a_swap_of_neighbours_is_one_edit() -> None:
    assert [edits("abc", other) for other in ("abc", "acb", "abd", "ab", "xabc")] == [0, 1, 1, 1, 1]


@pytest.mark.parametrize("pattern", ["^/health|", "|^/x", "^/a||/b", "^(/health|)", "(?:|x)"])
def test_an_empty_branch_that_makes_a_pattern_match_everything_is_seen(pattern: str) -> None:
    assert regexes.matches_all_by_an_empty_branch(pattern)


@pytest.mark.parametrize(
    "pattern", ["^", ".*", "^/(index|)$", r"^/a\|", "[|]", "(^|&)debug=1", "^/a|^/b", "(", "[^]|]"]
)
def test_a_pattern_that_is_meant_as_it_stands_is_left_alone(pattern: str) -> None:
    assert not regexes.matches_all_by_an_empty_branch(pattern)


@pytest.mark.parametrize("pattern", ["^old$", r"^index\.php$", "^(old|new)/", r"^\.well-known", "^a|^b"])
def test_a_pattern_that_cannot_match_a_path_with_a_slash_is_seen(pattern: str) -> None:
    assert regexes.never_begins_with(pattern, "/")


@pytest.mark.parametrize(
    "pattern", ["old", "^/old", "^/?old", "^(.*)$", "^", "^$", "^a|b", "^a?b", "^(a|/b)", "^[a-z]", r"^\w"]
)
def test_where_nothing_is_certain_nothing_is_said(pattern: str) -> None:
    assert not regexes.never_begins_with(pattern, "/")


def test_a_pattern_that_needs_a_leading_slash_is_seen() -> None:
    assert [regexes.always_begins_with(pattern, "/") for pattern in ("^/a", "^(/a|/b)", "^/?a", "/a", "^a")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_literal_start_ends_before_anything_that_can_differ() -> None:
    assert [regexes.literal_start(text) for text in (r"^/\.(git|svn)", "^/var/www?", "/var", "^/a|^/b", "^/a/.*")] == [
        "/.",
        "/var/ww",
        "",
        "",
        "/a/",
    ]
