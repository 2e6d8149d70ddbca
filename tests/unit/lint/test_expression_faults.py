"""What is certainly wrong with an expression, as httpd 2.4.71 says of the same ones."""

from __future__ import annotations

import pytest

from safedeploy.lint.expression_faults import fault

READ = [
    "%{REQUEST_URI} =~ /a/i && true",
    "%{REQUEST_URI} =~ m#a/b#",
    "%{REQUEST_URI} =~ m|a(b)|",
    "%{HTTP_HOST} == 'it\\'s ('",
    '%{HTTP_HOST} == "a)"',
    "! (%{REQUEST_URI} =~ /it's/)",
    "%{HTTP_HOST} in {'a','b'}",
    "%{HTTP_HOST} == ' and !-f '/x'",
    "req('a') == 'b'",
]
REFUSED = [
    "%{REQUEST_URI} =~ /a\\/b/",
    "%{REQUEST_URI} =~ '^a'",
    "%{REQUEST_URI} =~ /(a/",
    "%{REQUEST_URI} =~ /a",
    "%{REQUEST_URI} === 'a'",
    "%{REQUEST_URI} == 'a",
    "(%{REQUEST_URI} == 'a'",
    "true)",
    "true ||",
    "%{HTTP_HOST}",
]


@pytest.mark.parametrize("text", READ)
def test_nothing_is_said_of_an_expression_that_httpd_reads(text):
    assert fault(text) is None


@pytest.mark.parametrize("text", REFUSED)
def test_an_expression_that_httpd_refuses_has_a_fault(text):
    assert fault(text)
