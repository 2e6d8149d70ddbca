"""What a hostile host sends as JSON: understood within bounds, or refused; the same on both ways to a host."""

from __future__ import annotations

import inspect
import json
import time

import pytest
from safedeploy_control import reply as plugins
from safedeploy_control import strict_json as copy

from safedeploy.adapters.ssh import reply as ours
from safedeploy.core import strict_json

HOSTILE = {
    "not a number": "NaN",
    "no end": "-Infinity",
    "a number without an end": "1e999",
    "more digits than a number may have": "9" * 5000,
    "lists in lists": "[" * 65 + "]" * 65,
    "lists in lists beyond any recursion": "[" * 200_000 + "]" * 200_000,
    "a million lists": "[" + "[]," * 1_000_000 + "[]]",
    "half of an answer": '{"a": ',
}


@pytest.mark.parametrize("result", HOSTILE.values(), ids=HOSTILE)
def test_a_result_that_no_code_is_made_for_is_no_answer(result):
    text = f'{{"safedeploy": 1, "ok": true, "result": {{"x": {result}}}}}'
    assert plugins.parse(text) is None
    assert ours.parse(text.encode()) is None


def test_an_answer_of_the_usual_kind_is_read_as_it_is():
    value = {"safedeploy": 1, "ok": True, "result": {"a": [1, 2.5, None, "ü\u0000\U0001f600", {"b": {}}]}}
    assert strict_json.read(json.dumps(value)) == value


def test_half_a_surrogate_pair_becomes_something_that_can_be_written():
    assert strict_json.read('{"\\ud800": ["\\udfff", "\\ud83d\\ude00"]}') == {"?": ["?", "\U0001f600"]}


def test_millions_of_lines_before_an_answer_cost_little():
    noise = '{"safe": 1}\n' * 1_000_000
    began = time.monotonic()
    assert plugins.parse(noise + '{"safedeploy": 1, "ok": true, "result": {}}\n') is not None
    assert time.monotonic() - began < 10


def test_the_plugins_and_the_core_read_alike():
    def code(module):
        return inspect.getsource(module).partition('"""\n')[2]

    assert code(copy) == code(strict_json)
