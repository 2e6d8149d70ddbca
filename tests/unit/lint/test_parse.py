"""One file as directives and sections: names, arguments, positions, and what httpd refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from safedeploy.lint.syntax.nodes import Section
from safedeploy.lint.syntax.parse import parse
from safedeploy.lint.syntax.position import Position
from safedeploy.lint.syntax.print import render

SECTIONS = ["<Directory", "<Directory /x>", "</Directory>", "<IfModule a>", "</IfModule>", "<Macro m $a>", "</Macro>"]
PIECES = [*SECTIONS, "<", ">", "</", "A>", ">>", "Use m b", "Timeout 3", "# c", "\\", "\r\n", *"\n\n\n\n", " ", "\t"]
TEXTS = st.lists(st.sampled_from([*PIECES, '"', "'", "${X}", "\0", "é", "\xff"]), max_size=40).map("".join)


def nodes(text):
    return parse("/c", text.encode()).nodes


def shape(each):
    body = [shape(inner) for inner in each.body] if isinstance(each, Section) else None
    return (each.name, each.arguments, body)


def problems(text):
    return [(problem.named_line, problem.text) for problem in parse("/c", text.encode()).problems]


def test_sections_hold_what_is_in_them():
    inner = "  <Directory /y>\n  Options None\n  </Directory>\n"
    text = f"Timeout 3\n<VirtualHost *:80>\n  ServerName a\n{inner}</VirtualHost>\n"
    directory = ("Directory", ("/y",), [("Options", ("None",), None)])
    assert [shape(each) for each in nodes(text)] == [
        ("Timeout", ("3",), None),
        ("VirtualHost", ("*:80",), [("ServerName", ("a",), None), directory]),
    ]


def test_keys_are_lower_case():
    assert [each.key for each in nodes("SERVERNAME a\n<DIRECTORY /x>\n</directory>\n")] == ["servername", "directory"]


def test_a_directive_and_its_words_have_exact_positions():
    (directive,) = nodes('\n\tErrorDocument 404 \\\n    "not here"\n')
    assert directive.position == Position(path="/c", line=2, column=2, end_line=3, end_column=15)
    assert directive.name_position == Position(path="/c", line=2, column=2, end_line=2, end_column=15)
    assert [word.position for word in directive.words] == [
        Position(path="/c", line=2, column=16, end_line=2, end_column=19),
        Position(path="/c", line=3, column=5, end_line=3, end_column=15),
    ]
    assert directive.named_line == 3


def test_columns_are_counted_in_characters():
    (directive,) = nodes("ServerAdmin é é@example.test\n")
    assert [word.position.column for word in directive.words] == [13, 15]


def test_the_brackets_of_a_section_are_not_its_arguments():
    (section,) = nodes('<If "%{X} > 3">\n</If>')
    assert (section.name, section.arguments, section.ended) == ("If", ("%{X} > 3",), True)


def test_what_follows_the_bracket_of_a_section_is_ignored():
    (section,) = nodes("<Directory /x> # why\n</Directory> # because\n")
    assert section.arguments == ("/x",)
    assert section.closing.position.line == 2


def test_a_name_may_be_quoted_and_may_end_with_a_bracket():
    assert [each.name for each in nodes('"Timeout" 3\nTimeout> 3\n"" nothing\n')] == ["Timeout", "Timeout"]


def test_a_section_without_arguments_needs_no_space():
    (section,) = nodes("<RequireAny>\n</RequireAny>")
    assert (section.name, section.arguments, section.ended) == ("RequireAny", (), True)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\n</Directory>\n", 2, "was not begun"),
        ("<VirtualHost *>\n<Directory /x>\n</VirtualHost>\n</Directory>\n", 3, "stands where </Directory> is due"),
        ("<Directory /x>\n</Directory\n", 2, "lacks its closing >"),
        ("<Directory /x>\n</Directory >\n", 2, "lacks its closing >"),
        ("A\n<Directory /x>\nA\n", 2, "never closed"),
        ("A\n<Directory /x\nA\n</Directory>\n", 2, "lacks its closing >"),
        ("<IfModule a>\n</IfModule> # a\n", 2, "nothing may follow"),
    ],
)
def test_what_httpd_refuses_is_a_problem_at_the_line_that_it_names(text, line, words):
    found = problems(text)
    assert found[0][0] == line
    assert words in found[0][1]


def test_a_section_that_is_open_at_the_end_is_kept():
    (section,) = nodes("<Directory /x>\nOptions None\n")
    assert (section.closing, [inner.name for inner in section.body]) == (None, ["Options"])


def test_what_is_in_a_macro_need_not_be_nested():
    assert problems("<Macro m>\n<Directory /x>\n</Macro>\n") == []


def test_the_same_content_is_parsed_once():
    assert parse("/c", b"Timeout 3\n") is parse("/c", bytes(bytearray(b"Timeout 3\n")))


def test_sections_may_be_nested_as_deep_as_anyone_likes():
    assert len(nodes("<A>\n" * 20_000)) == 1
    assert render(nodes("<A>\n" * 500 + "</A>\n" * 500)).count("<A>") == 500


@given(st.binary(max_size=400))
def test_any_bytes_are_taken(content):
    parsed = parse("/c", content)
    assert all(problem.named_line >= 1 for problem in parsed.problems)
    assert all(word.position >= each.position for each in parsed.items for word in each.words)


@given(TEXTS)
@example("A \\")
@example("<a>>\n</a>>")
def test_what_is_printed_is_read_back_as_the_same_directives(text):
    first = nodes(text)
    again = parse("/c", render(first).encode("utf-8", "surrogateescape")).nodes
    assert [shape(each) for each in again] == [shape(each) for each in first]


@pytest.mark.parametrize("path", sorted(Path("/etc/apache2").rglob("*.conf")), ids=str)
def test_debians_own_files_have_no_problem_and_are_printed_back(path):
    parsed = parse(str(path), path.read_bytes())
    assert parsed.problems == ()
    assert [shape(e) for e in parse("/c", render(parsed.nodes).encode()).nodes] == [shape(e) for e in parsed.nodes]
