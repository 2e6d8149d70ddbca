"""Which files are read, in which order, and what is said of those that are not there."""

from __future__ import annotations

import pytest

from safedeploy.lint.resolve.statement import Kind
from tests.unit.lint.trees import MAIN, ROOT, read, told


def test_files_are_read_where_they_are_included():
    tree = {"a.conf": "Timeout 2\n", "d/2.conf": "Timeout 4\n", "d/10.conf": "Timeout 3\n", "d/.h.conf": "Timeout 9\n"}
    found = read("Timeout 1\nInclude a.conf\nIncludeOptional d/*.conf\nTimeout 5\n", tree)
    assert [words[1] for words in told(found)] == ["1", "2", "3", "4", "5"]
    assert found.complete


def test_a_directory_is_included_with_everything_in_it():
    tree = {"d/b.conf~": "Timeout 3\n", "d/.a": "Timeout 1\n", "d/a/x": "Timeout 2\n"}
    assert [words[1] for words in told(read("Include d\n", tree))] == ["1", "2", "3"]


def test_a_pattern_may_stand_in_the_middle_of_a_path():
    tree = {
        "s/b/on.conf": "Timeout 2\n",
        "s/a/on.conf": "Timeout 1\n",
        "s/a/off.conf": "Timeout 9\n",
        "s/on.conf": "Timeout 9\n",
    }
    assert [words[1] for words in told(read("Include s/[a-b]/on.conf\n", tree))] == ["1", "2"]


def test_a_directive_knows_the_way_to_it_and_its_real_file():
    links = {f"{ROOT}/sites-enabled/a.conf": "../sites-available/a.conf"}
    found = read("\nInclude sites-enabled/*.conf\n", {"sites-available/a.conf": "ServerName a\n"}, links=links)
    (statement,) = found.named("servername")
    assert statement.position.path == f"{ROOT}/sites-available/a.conf"
    assert statement.file == f"{ROOT}/sites-enabled/a.conf"
    main, include = statement.origins
    assert (main.kind, main.name, include.kind, include.position.line) == (Kind.MAIN, MAIN, Kind.INCLUDE, 2)
    assert f"{ROOT}/sites-available/a.conf" in found.read


def test_a_link_that_leads_nowhere_is_passed_over_behind_a_pattern():
    found = read("Include d/*.conf\n", {"d/b.conf": ""}, links={f"{ROOT}/d/a.conf": "../gone"})
    assert (found.problems, found.missing_includes) == ((), ())


@pytest.mark.parametrize("path", ["nope.conf", "d/*.conf", "nope/*.conf"])
def test_an_include_that_finds_nothing_is_refused_unless_it_is_optional(path):
    found = read(f"\nInclude {path}\n", {"d/a.txt": ""})
    assert [problem.named_line for problem in found.problems] == [2]
    (missing,) = read(f"\nIncludeOptional {path}\n", {"d/a.txt": ""}).missing_includes
    assert (missing.optional, missing.certain, missing.pattern) == (True, True, f"{ROOT}/{path}")


def test_what_is_not_known_is_neither_missing_nor_there():
    found = read("Include nope.conf\nIncludeOptional d/*.conf\n", complete=frozenset())
    assert found.problems == ()
    assert [each.certain for each in found.missing_includes] == [False, False]
    assert found.unknown == (f"{ROOT}/nope.conf", f"{ROOT}/d/*.conf")
    assert not found.complete


def test_files_that_include_themselves_are_refused_once():
    found = read("Include a.conf\n", {"a.conf": "Include a.conf\nInclude a.conf\n"})
    assert [problem.file for problem in found.problems] == [f"{ROOT}/a.conf"]


def test_links_that_lead_back_are_refused_at_once():
    links = {f"{ROOT}/d/{name}": "." for name in "abcdefgh"}
    (problem,) = read("Include d\n", {"d/x": "Timeout 1\n"}, links=links).problems
    assert "a link may lead back" in problem.text
