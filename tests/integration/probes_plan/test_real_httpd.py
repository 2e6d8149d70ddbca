"""Plans for a real httpd: from what it says of itself, and from the logs that it writes."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from safedeploy_host import http_request
from safedeploy_host.effective import configuration
from safedeploy_host.probes import body
from safedeploy_host.probes.plan import plan

pytestmark = pytest.mark.apache

FORMATS = [
    r"%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"",
    r"%v:%p %a %{c}a %t %m \"%U%q\" %>s %D %k %X %{UNIQUE_ID}e %L",
    r"{\"time\":\"%{%Y-%m-%dT%H:%M:%S}t\",\"client\":\"%a\",\"request\":\"%r\",\"status\":%>s,\"agent\":\"%{User-Agent}i\"}",
]
# What a client sends, the file that it means, and how it is asked again.
REQUESTS = [
    ("/a%20b.html?q=%22x%22", "a b.html", "/a%20b.html?q=%22x%22"),
    ("/d/caf%C3%A9", "d/caf\u00e9", "/d/caf%C3%A9"),
    ('/e/quo"te', 'e/quo"te', "/e/quo%22te"),
    ("/f/back\\slash", "f/back\\slash", "/f/back%5Cslash"),
    ("/g/a;b=c?d&e=f", "g/a;b=c", "/g/a;b=c?d&e=f"),
]


def planned(apache, **request):
    effective = configuration.read(apache.site)
    assert effective["ok"], effective["output"]
    return plan(apache.site, effective, effective, {}, request)


def ask(probe):
    return http_request.request(probe["method"], probe["url"], probe["address"], 5.0)


def get(port, target):
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        head = f'GET {target} HTTP/1.1\r\nHost: www.example.test\r\nUser-Agent: a "b" \\c\r\nConnection: close\r\n\r\n'
        connection.sendall(head.encode())
        while connection.recv(65536):
            pass


@pytest.mark.parametrize("text", FORMATS, ids=["combined", "own", "json"])
def test_the_requests_that_a_real_log_tells_are_those_that_were_made(apache, text):
    log = apache.root / "log/sample.log"
    for _, name, _ in REQUESTS:
        path = apache.root / "www/www.example.test" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    apache.add_site("www.example.test", extra=f'CustomLog {log} "{text}"')
    apache.start()
    for target, _, _ in REQUESTS:
        get(apache.port, target)
    sample = {one["url"].partition(str(apache.port))[2] for one in planned(apache)["probes"] if one["why"] == "log"}
    # The start asked for the front page, until it came.
    sample -= {"/", "/index.html"}
    assert sample == {again for _, _, again in REQUESTS}, log.read_text()


def test_everything_that_is_asked_of_the_real_server_is_answered(apache):
    root = apache.root / "www/www.example.test"
    (root / "docs").mkdir()
    for name in ("index.html", "data.json", "docs/guide.txt"):
        (root / name).write_text(f"content of {name}")
    apache.add_site("other.example.test")
    tls = apache.add_tls_site("secure.example.test")
    apache.start()
    probes = [one for one in planned(apache)["probes"] if one["live_too"]]
    answers = {one["id"]: ask(one) for one in probes}
    assert {200, 404} <= {answer.status for answer in answers.values()} <= {200, 301, 403, 404}
    served = [one for one in probes if one["why"] == "file" and one["file"]]
    assert len(served) >= 2
    for one in served:
        assert answers[one["id"]].body == Path(one["file"]).read_bytes()
    assert any(urlsplit(one["url"]).port == tls and one["url"].startswith("https:") for one in probes)


def test_an_htaccess_that_a_real_httpd_refuses_is_among_what_is_asked(apache):
    root = apache.root / "www/www.example.test"
    (root / "app").mkdir()
    (root / "app/.htaccess").write_text("NoSuchDirective On\n")
    extra = f"<Directory {root}>\nAllowOverride All\nRequire all granted\n</Directory>"
    apache.add_site("www.example.test", extra=extra)
    apache.start()
    asked = [one for one in planned(apache)["probes"] if one["why"] == "htaccess"]
    assert {ask(one).status for one in asked} == {500}


def test_a_plan_for_many_sites_takes_a_fraction_of_a_second(apache):
    for number in range(100):
        apache.add_site(f"site{number}.example.test")
    effective = configuration.read(apache.site)
    began = time.process_time()
    found = plan(apache.site, effective, effective, {}, {})
    assert time.process_time() - began < 1.0
    assert len(found["probes"]) == 200
    asked = {urlsplit(one["url"]).hostname for one in found["probes"]}
    assert len([name for name in asked if name and name.startswith("site")]) > 30


def test_the_error_page_of_a_real_httpd_is_told_from_a_sites_own(apache):
    apache.add_site("www.example.test", extra="Redirect gone /gone\nErrorDocument 410 our-own-words")
    apache.start()
    of_httpd = http_request.request("GET", f"http://www.example.test:{apache.port}/none", "127.0.0.1", 5.0)
    of_site = http_request.request("GET", f"http://www.example.test:{apache.port}/gone", "127.0.0.1", 5.0)
    assert (of_httpd.status, body.is_error_of_httpd(of_httpd.body)) == (404, True)
    assert (of_site.status, body.is_error_of_httpd(of_site.body)) == (410, False)
