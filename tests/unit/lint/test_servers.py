"""What holds in each server of a configuration, and in which order httpd lays its sections over each other."""

from __future__ import annotations

import pytest

from safedeploy.lint.example import report_of
from safedeploy.lint.rule import Case
from safedeploy.lint.servers import layers, may_overlap, servers

HOST = "<VirtualHost *:80>\n    ServerName www.example.com\n{}</VirtualHost>\n"


def read(text):
    return report_of(Case(text=text), "syntax-error").configuration


def test_a_virtual_host_has_what_the_main_server_has():
    main, host = servers(read("DocumentRoot /srv/main\n" + HOST.format("    Alias /a /srv/a\n")))
    assert main.document_root.argument == host.document_root.argument == "/srv/main"
    assert [each.argument for each in main.aliases] == []
    assert [each.argument for each in host.aliases] == ["/a"]


def test_aliases_of_a_virtual_host_come_before_those_of_the_main_server():
    _, host = servers(read("Alias /main /srv/main\n" + HOST.format("    Alias /own /srv/own\n")))
    assert [each.argument for each in host.aliases] == ["/own", "/main"]


def test_sections_lie_over_each_other_by_depth_then_in_order_and_expressions_last():
    text = "".join(
        f"<{name}>\n    Require all granted\n</{name.split()[0]}>\n"
        for name in ("DirectoryMatch www", "Directory /srv/www", "Directory /srv/*", "Directory /", "Directory /opt")
    )
    (main,) = servers(read(text))
    assert [layer.section.arguments[0] for layer in layers(main, "/srv/www")] == ["/", "/srv/www", "/srv/*", "www"]


def test_an_expression_that_does_not_fit_is_left_out():
    (main,) = servers(read("<DirectoryMatch \\.git>\n    Require all denied\n</DirectoryMatch>\n"))
    assert layers(main, "/srv/www") == ()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Redirect / https://www.example.org/", True),
        ("Redirect permanent / https://www.example.org/", True),
        ("Redirect permanent /old https://www.example.org/", False),
        ("ProxyPass / http://127.0.0.1:9000/", True),
        ("ProxyPass /app http://127.0.0.1:9000/app", False),
        ("RewriteRule ^/old$ - [G]", False),
        ("RewriteRule ^ https://www.example.org/ [R]", True),
        ("Alias /docs /srv/docs", False),
    ],
)
def test_it_is_known_what_may_answer_for_any_path(line, expected):
    _, host = servers(read(HOST.format(f"    {line}\n")))
    assert host.may_answer_any_path is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Location /a", "Location /b", False),
        ("Location /a", "Location /a/b", True),
        ("Location /a", "Location /ab", False),
        ("Location /a", "Directory /srv/b", True),
        ("Directory /srv/a", "Directory /srv/b", False),
        ("Location /a", "LocationMatch b", True),
    ],
)
def test_places_of_one_kind_with_unlike_paths_share_no_request(one, other, expected):
    text = "".join(f"<{each}>\n    Require all granted\n</{each.split()[0]}>\n" for each in (one, other))
    first, second = read(text).named("Require")
    assert may_overlap(first.context, second.context) is expected
