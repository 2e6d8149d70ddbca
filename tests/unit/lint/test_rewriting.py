"""RewriteRule and RewriteCond are read as mod_rewrite reads them."""

from __future__ import annotations

import pytest

from safedeploy.lint.example import report_of
from safedeploy.lint.rewriting import flags, rewrites, words
from safedeploy.lint.rule import Case


def read(text):
    return report_of(Case(text=text), "syntax-error").configuration.statements


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("RewriteRule ^a /b [L]", ("^a", "/b", "[L]")),
        ("RewriteRule ^a\\ b /c", ("^a\\ b", "/c")),
        ('RewriteRule "^a b" /c "[L, R]"', ("^a b", "/c", "[L, R]")),
        ("RewriteRule ^a /b [L, R]", ("^a", "/b", "[L,")),
    ],
)
def test_the_words_of_a_rule_are_those_of_mod_rewrite(line, expected):
    assert words(read(line + "\n")[0]) == expected


def test_flags_have_their_short_names_and_what_is_given_to_them():
    assert flags("[NC,redirect=301,Last,E=a:b]") == {"nc": "", "r": "301", "l": "", "e": "a:b"}


def test_flags_that_are_not_in_brackets_are_none():
    assert flags("L,R") == {}


def test_conditions_belong_to_the_next_rule_in_the_same_place():
    rules, left = rewrites(
        read(
            "RewriteCond %{HTTPS} off\n<Directory /srv>\n    RewriteRule ^a b\n</Directory>\n"
            "RewriteRule ^/c /d [F]\nRewriteCond %{HTTPS} on\n"
        )
    )
    assert [[condition.pattern for condition in rule.conditions] for rule in rules] == [[], ["off"]]
    assert [condition.pattern for condition in left] == ["on"]
    assert rules[1].refuses
