"""What is certainly wrong with a pattern, as httpd 2.4.71 says of the same ones."""

from __future__ import annotations

import pytest

from safedeploy.lint.regex_faults import fault

COMPILE = [
    r"^/(?:a|b)/([^/]+)/?$",
    "[]a-z(]",
    "(?<name>a)(?=b)(?!c)(?i:d)",
    "a++",
    "{a}",
    "[[:alpha:]]*?",
    r"\(\[\*",
    "(?i)^a",
    "[]]",
    r"\Q(\E",
    "(?#()a",
]
DO_NOT = ["(a", "a)", "[a", "*.php", "(*)", "a|*", "a**", "[]", "a\\", "?a", "(?:a", "^*"]


@pytest.mark.parametrize("pattern", COMPILE)
def test_nothing_is_said_of_a_pattern_that_compiles(pattern):
    assert fault(pattern) is None


@pytest.mark.parametrize("pattern", DO_NOT)
def test_a_pattern_that_does_not_compile_has_a_fault(pattern):
    assert fault(pattern)
