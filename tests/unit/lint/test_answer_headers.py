"""Headers of answers as the directive Header writes them."""

from __future__ import annotations

import pytest

from safedeploy.lint import answer_headers, example
from safedeploy.lint.rule import Case


def written(text):
    return list(answer_headers.written(example.report_of(Case(text=f"{text}\n"), "none").configuration))


def test_a_header_has_its_list_action_name_value_and_condition():
    (one,) = written('Header always set X-Frame-Options: "DENY" env=inside')
    assert (one.always, one.action, one.name, one.value, one.condition) == (
        True, "set", "X-Frame-Options", "DENY", "env=inside"
    )  # fmt: skip


@pytest.mark.parametrize("text", ["Header set A b", "Header onsuccess set A b"])
def test_without_always_it_is_for_answers_that_succeed(text):
    assert [one.always for one in written(text)] == [False]


@pytest.mark.parametrize("text", ["Header unset A", "Header edit A b c", "Header echo A", "RequestHeader set A b"])
def test_what_writes_no_header_is_left_out(text):
    assert written(text) == []
