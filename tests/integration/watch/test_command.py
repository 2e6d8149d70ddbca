"""`watch` of a real httpd: ticks of what visitors get, also after its configuration has changed."""

from __future__ import annotations

import pytest
from safedeploy_host import http_request
from safedeploy_host.protocol import Request
from safedeploy_host.services import Services
from safedeploy_host.watching import command

from safedeploy.core.watch.fleet import tick_from_json

pytestmark = pytest.mark.apache

SITE = """\
CustomLog {root}/log/{name}.log "%h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\" %D"
ErrorLog {root}/log/{name}-error.log
RewriteEngine On
RewriteRule ^/broken - [R=503,L]
"""


def add(apache, name):
    apache.add_site(name, extra=SITE.format(root=apache.root, name=name))


def ask(apache, name, path, times=1):
    manner = http_request.Manner(headers={"User-Agent": "Mozilla"})
    for _ in range(times):
        http_request.request("GET", f"http://{name}:{apache.port}{path}", "127.0.0.1", 5.0, manner=manner)


@pytest.fixture
def server(apache):
    apache.enable("rewrite")
    add(apache, "www.example.test")
    apache.start()
    return apache


def ticks(apache, **request):
    asked = Request({"site": apache.site, "every": 1, **request})
    return command.watch(asked, Services(apache.site))


def test_what_comes_while_it_watches_is_told(server):
    (server.root / "log/www.example.test.log").touch()
    watching = ticks(server, ticks=3)
    next(watching)
    ask(server, "www.example.test", "/", 3)
    ask(server, "www.example.test", "/broken", 2)
    found = tick_from_json("web1", next(watching))
    assert (found.whole.requests, found.whole.errors) == (5, 2)
    assert found.p95
    assert tick_from_json("web1", next(watching)).whole.requests == 0


def test_it_goes_on_from_where_it_was_cut(server):
    ask(server, "www.example.test", "/")
    first = next(ticks(server, ticks=1))
    ask(server, "www.example.test", "/broken", 4)
    again = tick_from_json("web1", next(ticks(server, ticks=1, positions=first["positions"])))
    assert (again.whole.requests, again.whole.errors) == (4, 4)


def test_a_site_that_is_added_is_followed_from_its_first_request(server, monkeypatch):
    monkeypatch.setattr(command, "LOOK_AGAIN", 0.0)
    watching = ticks(server, ticks=3)
    next(watching)
    add(server, "new.example.test")
    server.control("graceful")
    next(watching)
    ask(server, "new.example.test", "/", 2)
    assert tick_from_json("web1", next(watching)).whole.requests == 2
