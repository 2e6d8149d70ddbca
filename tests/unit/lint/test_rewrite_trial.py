"""A trial of rules ends as httpd does: the answers here were given by httpd 2.4.71 for the same files."""

from __future__ import annotations

import pytest

from safedeploy.lint.example import report_of
from safedeploy.lint.files import Files
from safedeploy.lint.rewrite_trial import Trial
from safedeploy.lint.rewriting import rewrites
from safedeploy.lint.rule import Case

FILES = Files(
    contents={"/w/index.html": b"", "/w/sub/index.html": b"", "/w/sub/page": b"", "/w/public/index.html": b""},
    complete=frozenset({"/w"}),
)
NO_FILE = "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_FILENAME} !-d\n"
EXISTING = "RewriteCond %{REQUEST_FILENAME} -f [OR]\nRewriteCond %{REQUEST_FILENAME} -d\n"


def trial(text, files=FILES, **more):
    rules, _ = rewrites(report_of(Case(text=text + "\n"), "syntax-error").configuration.statements)
    return Trial(files=files, directory="/w", root="/w", rules=rules, **more)


@pytest.mark.parametrize(
    ("text", "name", "loops"),
    [
        ("RewriteRule ^(.*)$ public/$1 [L]", "page", True),
        ("RewriteRule ^(.*)$ public/$1 [END]", "page", False),
        ("RewriteRule . /index.html [L]", "page", True),
        ("RewriteRule . index.html [L]", "page", False),
        (NO_FILE + "RewriteRule ^(.*)$ /none.html [L]", "page", True),
        (NO_FILE + "RewriteRule ^(.*)$ none.html [L]", "page", False),
        ("RewriteRule ^index\\.html$ - [L]\nRewriteRule . /index.html [L]", "page", False),
        ("RewriteCond %{REQUEST_URI} !^/public/\nRewriteRule ^(.*)$ public/$1 [L]", "page", False),
        ("RewriteCond %{ENV:REDIRECT_STATUS} ^$\nRewriteRule ^(.*)$ public/$1 [L]", "page", False),
        ("RewriteRule ^a/(.*)$ b/$1\nRewriteRule ^b/(.*)$ a/$1 [L]", "a/b", True),
        ("RewriteRule ^page$ page/1 [L]\nRewriteRule ^page/1$ page [L]", "page", False),
        ("RewriteRule ^ /sub [PT]", "page", False),
        ("RewriteRule ^(.*)$ /sub/$1 [L]", "page", True),
        ("RewriteCond %{QUERY_STRING} !q=\nRewriteRule ^(.*)$ other?q=$1 [L]", "page", False),
        ("RewriteCond %{DOCUMENT_ROOT}/sub%{REQUEST_URI} !-f\nRewriteRule ^(.*)$ sub/$1 [L]", "page/1", True),
        ("RewriteCond $1 !^(index\\.html|img)\nRewriteRule ^(.*)$ /index.html/$1 [L]", "page", False),
        (
            EXISTING + "RewriteRule ^ - [L]\nRewriteRule ^ index.html [L]",
            "page",
            False,
        ),
    ],
)
def test_a_trial_ends_as_httpd_does(text, name, loops):
    assert trial(text).loops(name) is loops


def test_a_base_that_is_another_path_leads_around():
    found = trial(NO_FILE + "RewriteRule ^(.*)$ index.html [L]", base="/gone")
    assert found.loops("page") is True
    assert found.way[:2] == ["/page", "/gone/index.html"]


def test_a_condition_on_the_visitor_leaves_it_open():
    assert trial("RewriteCond %{HTTP_HOST} ^www\nRewriteRule ^(.*)$ public/$1 [L]").loops("page") is None


def test_a_redirect_of_some_visitors_is_taken_not_to_be_for_all():
    found = trial("RewriteCond %{HTTPS} off\nRewriteRule ^ https://x/ [R]\nRewriteRule ^(.*)$ public/$1 [L]")
    assert found.loops("page") is True
    assert not found.sure


def test_a_file_of_which_nobody_knows_makes_it_unsure():
    found = trial(NO_FILE + "RewriteRule ^(.*)$ /none.html [L]", files=Files())
    assert found.loops("page") is True
    assert not found.sure


def test_a_directory_with_rules_of_its_own_ends_it():
    found = trial("RewriteRule ^(.*)$ public/$1 [L]", own_rules=frozenset({"/w/public"}))
    assert found.loops("page") is False


def test_a_trial_knows_the_rule_that_rewrote_and_not_only_the_last_one():
    tried = trial("RewriteRule ^(.*)$ /app/$1 [L]\nRewriteRule ^item/([0-9]+)$ item.html [L]")
    assert tried.loops("page")
    assert tried.by is tried.rules[0]
