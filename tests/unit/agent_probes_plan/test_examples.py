"""Texts that a regular expression matches."""

from __future__ import annotations

import re

import pytest
from safedeploy_host.probes.examples import examples, literal_prefix


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"^/old-shop(/.*)?$", ["/old-shop", "/old-shop/a"]),
        (r"\.(json|sh)$", [".json", ".sh"]),
        (r"^/(?!\.well-known/)(.*)$", ["/a"]),
        (r"^blog/([0-9]+)/[a-z-]{3,}$", ["blog/1/aaa"]),
        (r"(?i)^/Images/", ["/Images/"]),
        (r"^/[[:alpha:]]+/\d{4}$", ["/a/1111"]),
        (r"^[^/]+\.php", ["a.php"]),
        (r"^/a\.b\+c$", ["/a.b+c"]),
        (r"^(?:en|de|fr|it|es)/", ["en/", "de/", "fr/", "it/"]),
    ],
)
def test_an_expression_has_examples(pattern, texts):
    assert examples(pattern) == texts


@pytest.mark.parametrize("pattern", ["(((", "[a", "a{2", "\\", "(?P<x>a)(?P=x)b(?<=", "*", "(?(1)a|b)"])
def test_a_broken_or_strange_expression_has_none_or_right_ones(pattern):
    for text in examples(pattern):
        assert re.search(pattern, text)


def test_an_expression_that_grows_without_end_is_bounded():
    assert len(examples("(a|b)(c|d)(e|f)(g|h)(i|j)(k|l)(m|n)" * 20)) <= 4
    assert all(len(text) < 100_000 for text in examples("(((a{64}){64}){64}){64}"))


@pytest.mark.parametrize(
    ("pattern", "prefix"),
    [("^/api/v1/(.*)$", "/api/v1/"), ("^/a.b", "/a"), (r"^/a\.b/x?", "/a.b/"), ("/api", ""), ("^/ab*", "/a")],
)
def test_an_anchored_expression_has_a_literal_beginning(pattern, prefix):
    assert literal_prefix(pattern) == prefix
