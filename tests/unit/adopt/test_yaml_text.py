"""What is written as YAML is read again as the same, and never as a template."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from safedeploy.core.adopt import yaml_text
from tests.unit.adopt.rendered import read


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
@example("on")
@example("0644")
@example("{{ lookup('pipe', 'id') }}")
@example("../sites-available/a.conf")
@example("a, b}: ]#")
def test_a_text_is_read_again_as_it_was(text):
    assert read(f"[{{a: {yaml_text.text(text)}}}]") == [{"a": text}]


@pytest.mark.parametrize("text", ["{{ x }}", "a{% b", "{# c", "#jinja2:x"])
def test_what_jinja_would_read_is_marked_as_no_template(text):
    assert yaml_text.text(text).startswith("!unsafe ")


@given(st.text(alphabet="0123456789-+.", min_size=1))
def test_a_number_comes_out_again_as_it_was_written(text):
    value = yaml_text.number_or_text(text)
    assert str(read(f"a: {yaml_text.value(value)}")["a"]) == text
