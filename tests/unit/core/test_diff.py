"""Diffs are exact, bounded and never show a secret."""

from __future__ import annotations

from safedeploy.core.diff import MAX_DIFF_BYTES, Diff, fold, telling, unified


def nothing_hidden(old: str, new: str) -> tuple[str, str]:
    return old, new


def test_a_change_shows_both_lines_and_counts_them() -> None:
    diff = unified("/p", b"a\nb\n", b"a\nc\n", nothing_hidden)
    assert "-b\n+c\n" in diff.text
    assert (diff.added, diff.removed) == (1, 1)


def test_a_new_file_comes_from_dev_null() -> None:
    assert unified("/p", None, b"a\n", nothing_hidden).text.startswith("--- /dev/null\n+++ /p\n")


def test_a_missing_last_newline_is_said() -> None:
    assert "\\ No newline at end of file" in unified("/p", b"a\n", b"a", nothing_hidden).text


def test_carriage_returns_are_visible() -> None:
    assert "+a^M\n" in unified("/p", b"a\n", b"a\r\n", nothing_hidden).text


def test_a_secret_that_alone_differs_is_said_and_not_shown() -> None:
    diff = unified("/p", b"key old\n", b"key new\n", lambda _old, _new: ("key ********\n", "key ********\n"))
    assert diff.text == ""
    assert "secret" in diff.note


def test_bytes_that_are_no_text_are_not_shown() -> None:
    assert unified("/p", b"\xff\xfe\x00", b"a", nothing_hidden).note == "not text: not shown"


def test_a_huge_file_is_not_shown() -> None:
    assert "larger than" in unified("/p", b"", b"a" * (MAX_DIFF_BYTES + 1), nothing_hidden).note


def test_the_same_diff_of_many_hosts_is_one() -> None:
    same, other = Diff(path="/p", text="x"), Diff(path="/p", text="y")
    assert fold([("web1", same), ("web2", other), ("web3", same)]) == [(("web1", "web3"), same), (("web2",), other)]


def test_the_changed_lines_of_a_diff_have_their_places_and_no_comments() -> None:
    before = "".join(f"line {number}\n" for number in range(40)).encode()
    after = before.replace(b"line 3\n", b"# a comment\n\nline three\n").replace(b"line 39\n", b"--- x\nend")
    assert telling(unified("/p", before, after, nothing_hidden).text) == [
        ("-", 4, "line 3"),
        ("+", 6, "line three"),
        ("-", 40, "line 39"),
        ("+", 42, "--- x"),
        ("+", 43, "end"),
    ]
    assert telling("-old\n+new\n") == []
