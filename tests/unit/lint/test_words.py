"""Words by httpd's own quoting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safedeploy.lint.syntax.words import first, quoted, split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a  b\tc", ("a", "b", "c")),
        ('"a b" c', ("a b", "c")),
        ("'a \"b' c", ('a "b', "c")),
        ('"a\\"b" c', ('a"b', "c")),
        ("'a\\'b' c", ("a'b", "c")),
        ('"a\\\\" c', ("a\\", "c")),
        ('"a\\d" \\d', ("a\\d", "\\d")),
        ("a\\\\b", ("a\\b",)),
        ('"a"b', ("a", "b")),
        ('a"b c"', ('a"b', 'c"')),
        ('"a b', ("a b",)),
        ('"" b', ("", "b")),
        ('"a\\', ("a\\",)),
        ("a\u00a0b\x1cc", ("a\u00a0b\x1cc",)),
    ],
)
def test_words_are_taken_as_httpd_takes_them(text, words):
    assert split(text) == words


def test_the_first_word_leaves_the_rest():
    text = '"Server Name"   a b'
    assert (first(text)[0], text[first(text)[1] :]) == ("Server Name", "a b")


@given(st.text(st.characters(exclude_characters="\n\0", exclude_categories=["Cs"])))
def test_a_quoted_word_is_read_back(word):
    assert split(quoted(word)) == (word,)


@given(st.text(alphabet="ab\\\"' \t", max_size=12))
def test_the_first_word_is_the_first_of_all(text):
    text = text.strip(" \t")
    words = split(text)
    assert first(text)[0] == (words[0] if words else "")
