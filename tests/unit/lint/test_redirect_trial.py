"""Redirects are followed from one virtual host to the next, as a browser does."""

from __future__ import annotations

import pytest

from safedeploy.lint.example import report_of
from safedeploy.lint.redirect_trial import Url, Ways
from safedeploy.lint.rule import Case

PAGE = Url(scheme="http", name="a.example", port=80, path="/page")


def ways(*hosts):
    text = "".join(
        f"<VirtualHost *:{port}>\n    ServerName {name}\n{lines}\n</VirtualHost>\n" for port, name, lines in hosts
    )
    return Ways(configuration=report_of(Case(text=text), "syntax-error").configuration)


@pytest.mark.parametrize(
    ("lines", "second"),
    [
        ("Redirect / http://a.example/", "http://a.example/page"),
        ("Redirect /page /page/new", "http://a.example/page/new"),
        ("RedirectMatch ^/(.*) /x/$1", "http://a.example/x/page"),
        ("RewriteEngine On\nRewriteRule ^(.*) http://%{HTTP_HOST}$1 [R]", "http://a.example/page"),
        (
            "RewriteEngine On\nRewriteCond %{HTTPS} off\nRewriteRule ^ http://a.example/page [R]",
            "http://a.example/page",
        ),
    ],
)
def test_a_way_that_leads_back_has_no_end(lines, second):
    _, way = ways((80, "a.example", lines)).loops(PAGE)
    assert str(way[1]) == second


@pytest.mark.parametrize(
    "lines",
    [
        "Redirect / https://a.example/",
        "Redirect /old http://a.example/old",
        "Redirect gone /",
        "RedirectMatch ^/old(.*) /old/$1",
        "ProxyPass / http://127.0.0.1:9000/\nRedirect / http://a.example/",
        "RewriteEngine On\nRewriteCond %{HTTPS} on\nRewriteRule ^ http://a.example/page [R]",
        "RewriteEngine On\nRewriteCond %{HTTP_USER_AGENT} old\nRewriteRule ^ http://a.example/page [R]",
        "RewriteRule ^ http://a.example/page [R]",
    ],
)
def test_a_way_that_ends_or_is_not_known_does_not_loop(lines):
    assert ways((80, "a.example", lines)).loops(PAGE) is None


def test_two_sites_can_send_to_each_other():
    both = ways((80, "a.example", "Redirect / http://b.example/"), (80, "b.example", "Redirect / http://a.example/"))
    _, way = both.loops(PAGE)
    assert [one.name for one in way] == ["a.example", "b.example", "a.example"]


def test_the_first_virtual_host_answers_for_a_name_that_none_has():
    both = ways((80, "b.example", "Redirect / http://a.example/"), (80, "c.example", ""))
    assert both.loops(PAGE) is not None
