"""Lines are joined, cut and counted as httpd does (measured with the real one in tests/integration/lint)."""

from __future__ import annotations

from safedeploy.lint.syntax.lines import Line, decode, lines


def read(text):
    return [(line.text, line.number) for line in lines(text)]


def test_white_space_around_a_line_and_empty_lines_are_left_out():
    assert read("\n\t Timeout 3 \r\n\v\f\n Listen 80") == [("Timeout 3", 2), ("Listen 80", 4)]


def test_no_other_white_space_than_that_of_the_c_locale_counts():
    assert read("\u00a0Timeout\u2028 3\x1c\n") == [("\u00a0Timeout\u2028 3\x1c", 1)]


def test_a_continued_line_has_the_number_of_its_last():
    assert read("A \\\n b \\\r\n c\nD\n") == [("A  b  c", 3), ("D", 4)]


def test_a_comment_is_continued_too():
    assert read("# one \\\nTimeout 3\nListen 80\n") == [("# one Timeout 3", 2), ("Listen 80", 3)]


def test_a_doubled_backslash_continues_and_loses_one():
    assert read("A \\\\\nb\nB\n") == [("A \\b", 2), ("B", 3)]


def test_an_empty_line_behind_a_doubled_backslash_is_continued_by_the_one_that_is_left():
    assert read("A \\\\\n\nB\nC\n") == [("A B", 3), ("C", 4)]


def test_the_end_of_the_file_behind_a_backslash_counts_as_a_line():
    assert read("\nA \\\n") == [("A", 3)]


def test_a_backslash_at_the_end_of_a_file_without_line_end_stays():
    assert read("A \\") == [("A \\", 1)]


def test_a_line_ends_at_a_nul_and_is_not_continued():
    assert read("A\0 b \\\nB\n") == [("A", 1), ("B", 2)]


def test_only_a_backslash_is_no_line():
    assert read("\\\n") == []
    assert read("\\\n\\\n \\\n") == []


def test_places_lead_back_through_continued_lines():
    (line,) = lines("\n  Alpha \\\n   beta \\\ngamma")
    places = {word: line.place(line.text.index(word)) for word in ("Alpha", "beta", "gamma")}
    assert places == {"Alpha": (2, 3), "beta": (3, 4), "gamma": (4, 1)}


def test_a_directive_may_begin_behind_continued_empty_lines():
    (line,) = lines(" \\\n\\\n  A b")
    assert (line.text, line.number, line.line, line.column) == ("A b", 3, 3, 3)


def test_bytes_that_are_no_utf8_come_back():
    assert decode(b"\xff\xc3\xa9").encode("utf-8", "surrogateescape") == b"\xff\xc3\xa9"


def test_a_line_is_cheap_to_make():
    assert not hasattr(Line("A", 1, 1, 1), "__dict__")
