"""A report as Markdown: our own words can be read, and those of others do nothing."""

from __future__ import annotations

import pytest

from safedeploy.core.report.markdown import markdown
from safedeploy.core.report.parts import Page, Question, Section, Tasks, Text


def written(*parts):
    page = Page(title="t", subtitle="s", tone="", sections=(Section(title="x", anchor="x", parts=parts),))
    return markdown(page).partition("## x\n\n")[2].rstrip("\n")


def test_ordinary_sentences_stay_as_they_are():
    said = "399 of 2951 requests (14 %) failed at 2026-03-01 12:01:02 UTC; before: 0 %."
    assert written(Text(text=said)) == said


@pytest.mark.parametrize(
    "word",
    [
        "https://evil.test/", "www.evil.test", "@maintainers", "/@org/team", "#12", "!12", "GH-12", "<img", "&#64;x",
        "[x](javascript:1)", "**x**", "_x_", "~~x~~", "$x$", "|", "x\\",
    ],
)  # fmt: skip
def test_what_a_platform_would_read_is_code(word):
    assert written(Text(text=f"most of them for {word} today")) == f"most of them for `{word}` today"
    assert written(Question(text=f"why {word}")).endswith(f" why `{word}`")


@pytest.mark.parametrize("word", ["-", "+", "1.", "2)", "---", "==="])
def test_nothing_begins_a_list_or_a_heading(word):
    assert written(Text(text=f"{word} x")) == f"`{word}` x"
    assert written(Tasks(items=((f"{word} x", ""),))) == f"- [ ] `{word}` x"


def test_what_ends_code_cannot_end_it():
    assert written(Text(text="a `b` c")) == "a `` `b` `` c"
    assert "\x1b" not in written(Text(text="a \x1b[2J b"))
