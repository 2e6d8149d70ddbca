"""What a host says is shown without what could act on the screen."""

from __future__ import annotations

import pytest

from safedeploy.core.plain_text import plain, plain_text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(B\x1b=text\x1bc", "text"),
        ("\x9b2Jtext", "text"),
        ("a\rb", "a\nb"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("nul\x00bell\x07del\x7f", "nulbelldel"),
        ("\u202eevil\u2066", "evil"),
        ("Grüße, 世界", "Grüße, 世界"),
        ("cut off \x1b[", "cut off"),
    ],
)
def test_escapes_and_controls_are_taken_out(given, shown):
    assert plain_text(given) == shown


def test_a_long_text_keeps_its_beginning_and_its_end():
    shown = plain_text("a" * 5000 + "the end", limit=100)
    assert shown.startswith("aaaa")
    assert shown.endswith("the end")
    assert "left out" in shown
    assert len(shown) < 200


def test_texts_inside_a_document_are_cleaned_too():
    assert plain({"\x1b[1mkey": ["\x07a", {"b": "\x1b[0mc"}], "n": 1, "none": None}) == {
        "key": ["a", {"b": "c"}],
        "n": 1,
        "none": None,
    }
