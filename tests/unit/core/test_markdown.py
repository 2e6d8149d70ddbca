"""Text in a comment stays text, whoever wrote it: judged by a real Markdown parser."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from safedeploy.core.markdown import Page, block, cut, folded, inline, names, size, span

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
HOSTILE = [
    "@admin please look",
    "</details><img src=https://evil.example/x>",
    "[click](https://evil.example) #12 !3 https://evil.example",
    "a ` b `` c ``` d",
    "`",
    " ``x`` ",
    "line\n/close\n```\n/approve\n~~~",
    "<!-- -->&amp;<b>",
    "\x1b[31m\u202ered\x00",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_in_a_line_it_is_code_and_nothing_else(text):
    line = PARSER.parse(f"- before {span(text)} after")
    children = next(token for token in line if token.type == "inline").children
    assert [child.type for child in children] == ["text", "code_inline", "text"]
    assert [children[0].content, children[2].content] == ["before ", " after"]


@given(st.text(min_size=1))
def test_no_text_gets_out_of_its_span(text):
    shown = span(text)
    if shown:
        (inside,) = PARSER.parse(f"x{shown}x")[1:2]
        assert [child.type for child in inside.children] == ["text", "code_inline", "text"]


@pytest.mark.parametrize("text", HOSTILE)
def test_in_a_block_it_is_code_and_nothing_else(text):
    assert [token.type for token in PARSER.parse(block(text, "diff"))] == ["fence"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_line_of_a_comment_is_a_command_of_gitlab(text):
    page = folded(inline(text), f"- {span(text)}\n\n{block(text)}")
    assert [line for line in page.splitlines() if line.startswith("/")] == []
    # Where the search for commands takes the first fence for the end of a block, no inner one may begin a line.
    assert len(re.findall(r"^```", page, re.MULTILINE)) == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_where_html_is_read_it_is_escaped(text):
    assert re.fullmatch(r"<code>[^<>]*</code>", inline(text))


def test_an_empty_text_is_nothing():
    assert span(" \n") == ""


def test_a_long_block_is_cut_at_a_line_and_says_how_many_are_missing():
    text = "\n".join(f"line {number}" for number in range(100))
    shown = block(text, limit=100)
    assert shown.startswith("```\nline 0\n")
    lines = shown.count("line ")
    assert shown.endswith(f"\n```\n\n{100 - lines} more lines are left out here.")
    assert cut("short", 10) == ("short", 0)
    assert cut("x" * 20, 10) == ("", 1)


def test_many_names_are_counted():
    hosts = [f"web{number}" for number in range(20)]
    assert names(hosts[:2]) == "web0, web1"
    assert names(hosts).endswith("web11 and 8 more")


def test_a_page_is_never_longer_than_it_may_be_and_counts_what_found_no_room():
    page = Page(1000)
    for number in range(30):
        page.add(f"{number} " + "😀" * 20, "differences")
    text = page.text()
    assert size(text) <= 1000
    kept = text.count("😀") // 20
    assert f"**Left out here, since a comment may not be longer: {30 - kept} differences.**" in text
