"""The regular expressions of directives: where they stand, and what their alternatives are."""

from __future__ import annotations

import pytest

from safedeploy.lint import example, patterns
from safedeploy.lint.rule import Case


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("SetEnvIf Request_URI ^/a nolog", "^/a"),
        ("BrowserMatch bot crawler", "bot"),
        ("RewriteRule !^/a - [F]", "^/a"),
        ("RewriteCond %{REQUEST_URI} ^/a", "^/a"),
        ("RewriteCond %{REQUEST_FILENAME} !-f", None),
        ("RewriteCond expr true", None),
        ("RedirectMatch ^/a /b", "^/a"),
        ("RedirectMatch 410 ^/a", "^/a"),
        ("RedirectMatch gone ^/a", "^/a"),
        ("RedirectMatch permanent ^/a /b", "^/a"),
        ("<FilesMatch \\.bak$>\n</FilesMatch>", "\\.bak$"),
        ("<Files ~ \\.bak$>\n</Files>", "\\.bak$"),
        ("<Files *.bak>\n</Files>", None),
        ("<LocationMatch ^/a>\nProxyPassMatch http://127.0.0.1/\n</LocationMatch>", None),
    ],
)
def test_a_directive_has_its_pattern(text, pattern):
    statements = example.report_of(Case(text=f"{text}\n"), "none").configuration.statements
    assert patterns.of(statements[-1]) == pattern


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a", ("a",)),
        ("a|b", ("a", "b")),
        ("a|", ("a", "")),
        ("(a|b)|c", ("(a|b)", "c")),
        (r"a\|b", (r"a\|b",)),
        ("[|]|[]|]|[^|[:alpha:]|]", ("[|]", "[]|]", "[^|[:alpha:]|]")),
        ("[a", ("[a",)),
    ],
)
def test_alternatives_stand_outside_of_groups_and_classes(pattern, found):
    assert patterns.alternatives(pattern) == found


@pytest.mark.parametrize(
    "pattern",
    ["^/a", "\\.(?:css|js)$", "^(.*)/([^/]+)/(\\d{1,4})$", "^(?:www\\.)?example\\.test$", "(a|b)", "([ab])+",
     "(ab){2}x*", "^/(a+)?$", "[)(*+]+", "\\(\\)+"],
)  # fmt: skip
def test_an_ordinary_pattern_can_be_tried(pattern):
    assert patterns.compiled(pattern) is not None


@pytest.mark.parametrize(
    "pattern",
    ["^(\\w+\\.?)+~$", "(a|aa)+$", "((a*))*b", "(?:a?){40}x", "(a{2,})*b", "(x|y(a+))+z", ".*.*.*.*.*x"],
)
def test_a_pattern_that_may_take_for_ever_is_not_tried(pattern):
    assert patterns.compiled(pattern) is None


@pytest.mark.parametrize("pattern", ["[[:alpha:]]", "${NAME}", "(", "a{99999999999}", "(?<n>a)"])
def test_a_pattern_without_an_equal_in_python_is_not_tried(pattern):
    assert patterns.compiled(pattern) is None
