"""Variables of a request: what sets one, and what asks for one."""

from __future__ import annotations

import pytest

from safedeploy.lint import example, request_variables
from safedeploy.lint.rule import Case


def statement(text):
    return example.report_of(Case(text=f"{text}\n"), "none").configuration.statements[-1]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SetEnvIf Host ^a$ one two=2 !three", ["one", "two"]),
        ("BrowserMatch bot crawler", ["crawler"]),
        ("SetEnvIfExpr true one", ["one"]),
        ("SetEnv one 1", ["one"]),
        ("PassEnv one two", ["one", "two"]),
        ("RewriteRule ^/a - [E=one:1,env=two:2,E=!three,L]", ["one", "two"]),
        ("ServerName one", []),
    ],
)
def test_what_sets_a_variable_is_known(text, names):
    assert list(request_variables.set_by(statement(text))) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Header set A b env=!one", ["one"]),
        ("Header set A b", []),
        ("CustomLog logs/a common env=one", ["one"]),
        ("Allow from env=one 192.0.2.1", ["one"]),
        ("Require not env one two", ["one", "two"]),
        ("Require all granted", []),
    ],
)
def test_what_asks_for_a_variable_is_known(text, names):
    assert list(request_variables.asked_by(statement(text))) == names
