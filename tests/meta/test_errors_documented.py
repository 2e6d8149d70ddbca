"""Every error code that a person can meet is explained in docs/errors.md, and none that cannot happen."""

from __future__ import annotations

import pytest

from scripts.errors_in_source import collect, documented

FOUND = collect()


def test_every_code_can_be_told_from_the_source():
    assert FOUND.unclear == []


@pytest.mark.parametrize(("heading", "table"), [("Codes", FOUND.codes), ("Reasons", FOUND.reasons)])
def test_the_page_explains_exactly_what_the_source_raises(heading, table):
    known = documented(heading)
    missing = {code: places[0] for code, places in table.items() if code not in known}
    assert missing == {}, "rows to add to docs/errors.md"
    assert known - table.keys() == set(), "rows of docs/errors.md that nothing raises any more"


def test_a_code_is_lower_case_words_joined_by_hyphens():
    assert [code for code in FOUND.codes if code != code.lower() or not code.replace("-", "").isalnum()] == []
