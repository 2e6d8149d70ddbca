"""Who set each line: from the versions that are known of a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from safedeploy.core.line_history import HostTree, Origin, blame, needed, versions

PATH = "/etc/apache2/x.conf"
START = datetime(2026, 3, 1, tzinfo=UTC)


def story(*pushes, before_release=None):
    """Rows and trees of pushes, each (text before, text after); a text is its own digest here."""
    rows, trees, texts = [], {}, {}
    for number, (before, after) in enumerate(pushes, start=1):
        names = []
        for text in (before, after):
            entry = {"kind": "absent"} if text is None else {"kind": "file", "sha256": text}
            trees[f"tree {text}"] = {PATH: entry}
            names.append(f"tree {text}")
            if text is not None:
                texts[text] = text
        rows.append(
            HostTree(
                run=f"run{number}",
                host="web1",
                at=START + timedelta(hours=number),
                before=names[0],
                tree=names[1],
                before_release=before_release if number == 1 else "some",
            )
        )
    return rows, trees, texts


def told(*pushes, **how):
    rows, trees, texts = story(*pushes, **how)
    return [
        (line.text, line.source.run or line.source.origin.value) for line in blame(versions(PATH, rows, trees), texts)
    ]


def test_each_line_is_of_the_run_that_brought_it():
    pushes = ((None, "a\nb"), ("a\nb", "a\nc\nb"), ("a\nc\nb", "a\nc"))
    assert told(*pushes) == [("a", "run1"), ("c", "run2")]


def test_a_line_that_went_and_came_back_is_of_the_run_that_brought_it_back():
    assert told((None, "a\nb"), ("a\nb", "a"), ("a", "a\nb")) == [("a", "run1"), ("b", "run3")]


@pytest.mark.parametrize(
    ("before_release", "origin"), [(None, "adopted"), ("adopted", "adopted"), ("aaaabbbbcccc", "older")]
)
def test_what_the_first_run_found_is_older_than_it(before_release, origin):
    assert told(("a", "a\nb"), before_release=before_release) == [("a", origin), ("b", "run1")]


def test_what_a_later_run_found_and_left_was_edited_by_hand():
    assert told((None, "a"), ("a\nx", "a\nx\nb")) == [("a", "run1"), ("x", Origin.BY_HAND.value), ("b", "run2")]


def test_a_file_that_was_away_in_between_is_new():
    assert told((None, "a"), ("a", None), (None, "a")) == [("a", "run3")]


def test_without_the_texts_there_are_no_lines():
    rows, trees, _ = story((None, "a"))
    assert blame(versions(PATH, rows, trees), {}) == []


def test_runs_that_set_what_is_live_are_needed_and_the_last_one():
    rows, trees, texts = story((None, "a"), ("a", "a\nb"), ("a\nb", "a\nc"), ("a\nc", "a\nc\nd"), ("a\nc\nd", "a\nc"))
    assert needed(rows, trees, texts) == {"run1", "run3", "run5"}


def test_forgetting_runs_that_are_not_needed_changes_no_attribution():
    rows, trees, texts = story((None, "a\nb"), ("a\nb", "a"), ("a", "a\nx"), ("a\nx", "a\nb"))
    known = [(line.text, line.source) for line in blame(versions(PATH, rows, trees), texts)]
    kept = [row for row in rows if row.run in needed(rows, trees, texts)]
    assert [row.run for row in kept] == ["run1", "run4"]
    assert [(line.text, line.source) for line in blame(versions(PATH, kept, trees), texts)] == known


def test_a_file_of_which_nothing_is_kept_is_of_the_last_run_that_changed_it():
    rows, trees, _ = story((None, "a"), ("a", "b"), ("b", "c"))
    for number, row in enumerate(rows):
        trees[row.before] = {PATH: {"kind": "file", "private": True, "changed": False}}
        trees[f"after {number}"] = {PATH: {"kind": "file", "private": True, "changed": number < 2}}
    rows = [replace(row, tree=f"after {number}", before=rows[0].before) for number, row in enumerate(rows)]
    assert [version.source.run for version in versions(PATH, rows, trees)][-1] == "run2"
