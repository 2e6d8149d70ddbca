"""`traffic` of a real httpd: from the logs that its own configuration declares."""

from __future__ import annotations

import time

import pytest
from safedeploy_host import http_request
from safedeploy_host.protocol import Request
from safedeploy_host.services import Services
from safedeploy_host.traffic.command import traffic
from safedeploy_host.traffic.window import window

from safedeploy.core.log_window import log_window_from_json

pytestmark = pytest.mark.apache

SITE = """\
CustomLog {root}/log/www.log "%h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\" %D"
RewriteEngine On
RewriteRule ^/broken - [R=503,L]
"""
STATUS = """\
<Location /server-status>
    SetHandler server-status
</Location>
"""


@pytest.fixture
def server(apache):
    apache.enable("rewrite")
    (apache.etc / "conf-enabled/status.conf").write_text(STATUS)
    apache.add_site("www.example.test", extra=SITE.format(root=apache.root))
    apache.start()
    # Without what was asked to see whether it is up: its line comes behind its answer, and is not to be counted.
    logged(apache, 1)
    (apache.root / "log/www.log").write_text("")
    return apache


def ask(server, path, times=1, agent="Mozilla/5.0"):
    manner = http_request.Manner(headers={"User-Agent": agent})
    url = f"http://www.example.test:{server.port}{path}"
    for _ in range(times):
        http_request.request("GET", url, "127.0.0.1", 5.0, manner=manner)


def told(server, **request):
    return traffic(Request({"site": server.site, **request}), Services(server.site))


def logged(server, number):
    """Wait until the log has so many lines: a line is written after the answer."""
    log = server.root / "log/www.log"
    deadline = time.monotonic() + 5
    while log.read_text().count("\n") < number:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_came_since_the_mark_is_counted_and_what_was_before_is_not(server):
    ask(server, "/broken", 3)
    logged(server, 3)
    mark = told(server, count=False)
    ask(server, "/", 4)
    ask(server, "/broken", 2)
    ask(server, "/broken", agent="safedeploy")
    logged(server, 10)
    found = told(server, since=mark["positions"])
    numbers = found["sites"]["www.example.test"]
    assert (numbers["requests"], numbers["server_errors"], found["own"]) == (6, 2, 1)
    assert sum(numbers["latency"]) == 6
    assert found["notes"] == []


def test_what_visitors_got_lately_is_counted_without_a_mark(server):
    ask(server, "/broken", 3)
    logged(server, 3)
    assert told(server, before=600)["sites"]["www.example.test"]["server_errors"] == 3


def test_a_past_that_is_not_read_in_full_is_said(server):
    ask(server, "/", 9)
    logged(server, 9)
    assert told(server, before=600)["notes"] == []
    found = told(server, before=600, max_bytes=400)
    assert 1 <= found["sites"]["www.example.test"]["requests"] <= 4
    assert found["notes"] == [f"{server.root}/log/www.log: of the time before only the last 400 bytes were read"]


def test_the_status_page_is_found_in_the_configuration(server):
    ask(server, "/", 3)
    found = told(server)["status"]
    assert found["busy"] >= 1
    assert found["accesses"] >= 3


def test_a_new_kind_of_message_is_found_in_the_error_log(server):
    mark = told(server, count=False)
    (server.root / "www/www.example.test/.htaccess").write_text("Nonsense On\n")
    with (server.etc / "apache2.conf").open("a") as main:
        main.write(f"<Directory {server.root}/www>\n    AllowOverride All\n</Directory>\n")
    server.control("graceful")
    time.sleep(0.2)
    ask(server, "/", 2)
    kinds = told(server, since=mark["positions"])["signatures"]
    assert [one["level"] for one in kinds] == ["alert"]
    assert "Invalid command" in kinds[0]["key"]


def test_nothing_on_the_host_is_changed(server):
    before = sorted(path for path in server.root.rglob("*"))
    told(server, before=600)
    assert sorted(path for path in server.root.rglob("*")) == before


def test_what_visitors_got_between_two_moments_is_told_step_by_step(server):
    began = time.time() - 1
    ask(server, "/", 3)
    ask(server, "/broken?token=secret", 2)
    ask(server, "/", agent="safedeploy")
    logged(server, 6)
    found = window(Request({"site": server.site, "since": began, "step": 3600}), Services(server.site))
    read = log_window_from_json("www1", found)
    assert (read.requests, read.server_errors, read.own, read.notes) == (5, 2, 1, ())
    assert [(one.requests, one.server_errors) for one in read.series] == [(5, 2)]
    assert (read.clients.number, read.affected.number) == (1, 1)
    assert [(one.text, one.server_errors) for one in read.failing] == [("/broken", 2)]
    before = {"site": server.site, "since": began - 900, "until": began - 300}
    assert window(Request(before), Services(server.site))["sites"] == {}
