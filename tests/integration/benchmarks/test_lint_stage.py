"""The catch rate benchmark with the linter alone: a case's verdict in the project and in the tree, without a lab."""

from __future__ import annotations

import pytest

from tests.integration.benchmarks import tiny_corpus

pytestmark = pytest.mark.apache  # the base of a corpus lies over the installed package's own files


@pytest.fixture(scope="module")
def linted(tmp_path_factory):
    """The JSON document, and the names of what is left in the directory that was worked in."""
    _, document, work = tiny_corpus.measured(tmp_path_factory, "--stage", "lint")
    return document, {path.name for path in work.iterdir()}


def test_each_case_has_the_gravest_finding_of_the_project_and_of_the_tree(linted):
    # Which modules a host has beside those of a project nobody knows: one of them may have the directive of 001.
    document, _ = linted
    said = {result["id"]: (result["lint"]["project"], result["lint"]["tree"]) for result in document["results"]}
    assert said == {"001": ("warning", "error"), "002": ("error", "error"), "003": (None, None)}


def test_each_class_has_its_counts(linted):
    document, _ = linted
    assert document["lint"]["syntax"]["tree_error"] == 1
    assert document["lint"]["none"] == {
        "cases": 1, "project_error": 0, "project_warning": 0, "tree_error": 0, "tree_warning": 0
    }  # fmt: skip


def test_no_other_stage_was_tried(linted):
    document, _ = linted
    assert {result["stopped_by"] for result in document["results"]} == {None}


def test_nothing_is_left_behind(linted):
    _, left = linted
    assert left == {"report.json"}
