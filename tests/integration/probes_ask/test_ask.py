"""Asking a real httpd: what an Answer holds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.apache


def lines(log: Path) -> list[str]:
    """The lines of a log in which httpd has written at least two: its start was waited for with a request too."""
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        found = log.read_text().splitlines()
        if len(found) > 1:
            return found
        time.sleep(0.02)
    return found


def test_a_file_is_recognised_as_itself(apache, asked, probe):
    page = apache.root / "www/www.example.test/index.html"
    answer = asked(probe("/", file=str(page)))
    assert (answer["status"], answer["is_file"], answer["stable"]) == (200, True, True)
    assert answer["headers"]["content-type"] == "text/html"
    assert answer["mentions_host"]


def test_another_files_content_is_not_taken_for_it(apache, asked, probe):
    assert not asked(probe("/", file=str(apache.root / "etc/apache2.conf")))["is_file"]


def test_a_closed_port_is_no_answer(apache, asked, probe):
    answer = asked(probe("/", port=1))
    assert (answer["status"], answer["why"], answer["asked"]) == (None, "connection refused", True)


def test_the_error_log_lines_of_a_request_come_with_its_answer_alone(apache, asked, probe):
    apache.write("mods-enabled/zz.conf", "<Location /no>\nRequire all denied\n</Location>\n")
    answers = asked(probe("/no"), probe("/"))
    assert any("AH01630" in line for line in answers["probe-0"]["log"])
    assert answers["probe-1"]["log"] == []


def test_a_listing_is_recognised(apache, asked, probe):
    (apache.root / "www/www.example.test/files").mkdir()
    apache.write("mods-enabled/zz.conf", f"<Directory {apache.root}/www>\nOptions +Indexes\n</Directory>\n")
    assert asked(probe("/files/"))["listing"]


def test_a_marker_in_a_source_that_is_shown_is_seen(apache, asked, probe):
    (apache.root / "www/www.example.test/a.txt").write_text("x-source-x")
    assert asked(probe("/a.txt", marker="x-source-x"))["marker"]


def test_a_page_that_differs_each_time_is_not_stable(apache, asked, probe):
    script = apache.root / "www/www.example.test/word.cgi"
    script.write_text(
        "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\ntr -dc a-z </dev/urandom | head -c 12\n"
    )
    script.chmod(0o755)
    run = f"<Directory {apache.root}/www>\nOptions +ExecCGI\nAddHandler cgi-script .cgi\n</Directory>\n"
    apache.enable("cgid")
    apache.write("mods-enabled/zz.conf", f"ScriptSock {apache.root}/run/cgisock\n{run}")
    deadline = time.monotonic() + 5
    while (answer := asked(probe("/word.cgi")))["status"] == 503 and time.monotonic() < deadline:
        time.sleep(0.1)  # the daemon that runs scripts has not made its socket yet
    assert (answer["status"], answer["stable"]) == (200, False)


def test_a_redirect_is_followed_to_its_end(apache, asked, probe):
    apache.write("mods-enabled/zz.conf", "Redirect permanent /old /index.html\n")
    answer = asked(probe("/old", follow=True))
    assert answer["status"] == 301
    assert answer["final"]["status"] == 200
    assert not answer["loop"]


def test_a_redirect_to_another_server_is_named_and_not_asked(apache, asked, probe):
    apache.write("mods-enabled/zz.conf", "Redirect /away http://other.example.test/\n")
    answer = asked(probe("/away", follow=True))
    assert (answer["foreign"], answer["final"]) == ("other.example.test", None)


def test_a_circle_of_redirects_is_noticed(apache, asked, probe):
    apache.write("mods-enabled/zz.conf", "Redirect /a /b\nRedirect /b /a\n")
    assert asked(probe("/a", follow=True))["loop"]


def test_the_values_of_a_query_are_not_kept(apache, asked, probe):
    apache.write("mods-enabled/zz.conf", "Redirect /a /index.html\n")
    answer = asked(probe("/a?token=s3cret", follow=True))
    assert "s3cret" not in str(answer)
    assert "token=" in answer["headers"]["location"]


def test_the_source_address_is_the_clients(apache, asked, probe):
    apache.write("mods-enabled/zz.conf", "<Location />\nRequire ip 127.0.0.9\n</Location>\n")
    answers = asked(probe("/", source="127.0.0.9"), probe("/"))
    assert [answers[f"probe-{n}"]["status"] for n in (0, 1)] == [200, 403]


def test_a_body_over_the_limit_is_refused(apache, asked, probe):
    apache.write("mods-enabled/zz.conf", "LimitRequestBody 1000\n")
    answers = asked(probe("/", body_bytes=300_000), probe("/", body_bytes=900))
    assert [answers[f"probe-{n}"]["status"] for n in (0, 1)] == [413, 200]


def test_the_absolute_form_names_the_whole_url(apache, asked, probe):
    apache.write("mods-enabled/zz.conf", 'CustomLog logs.txt "%r"\n'.replace("logs.txt", f"{apache.root}/log/line"))
    asked(probe("/x", absolute=True))
    assert f"GET http://www.example.test:{apache.port}/x HTTP/1.1" in lines(apache.root / "log/line")


def test_headers_of_a_probe_replace_the_usual_ones(apache, asked, probe):
    apache.write("mods-enabled/zz.conf", f'CustomLog {apache.root}/log/agent "%{{User-Agent}}i|%{{X-One}}i"\n')
    asked(probe("/", headers={"user-agent": "Other/1.0", "X-One": "1"}))
    assert lines(apache.root / "log/agent")[-1] == "Other/1.0|1"


def test_held_connections_starve_a_server_with_few_workers(apache, asked, probe):
    apache.disable("mpm_event")
    apache.enable("mpm_prefork")
    apache.write("mods-enabled/mpm_prefork.conf", "ServerLimit 2\nMaxRequestWorkers 2\nStartServers 2\n")
    answer = asked(probe("/", hold=8))
    assert answer["status"] is None
    assert asked(probe("/"))["status"] == 200


def test_held_connections_leave_a_usual_server_answering(apache, asked, probe):
    answer = asked(probe("/", hold=24))
    assert (answer["status"], answer["held"]) == (200, 24)


def test_several_requests_at_once_give_the_worst_of_their_answers(apache, asked, probe):
    assert asked(probe("/", at_once=6))["crowd"] == 6


def test_the_certificate_and_the_accepted_versions_are_in_the_answer(apache, asked, probe):
    port = apache.add_tls_site("tls.example.test")
    tls = asked(probe("/", name="tls.example.test", port=port, scheme="https"))["tls"]
    assert tls["names"] == ["tls.example.test"]
    assert tls["version"] == "TLSv1.3"
    assert tls["accepts"] == ["TLSv1.2", "TLSv1.3"]


def test_old_versions_of_tls_are_noticed(apache, asked, probe):
    port = apache.add_tls_site("tls.example.test")
    apache.write("mods-enabled/zz.conf", "SSLProtocol all\nSSLCipherSuite ALL:@SECLEVEL=0\n")
    tls = asked(probe("/", name="tls.example.test", port=port, scheme="https"))["tls"]
    assert {"TLSv1", "TLSv1.1"} <= set(tls["accepts"])


def test_plain_http_on_a_tls_port_is_a_tls_failure(apache, asked, probe):
    answer = asked(probe("/", scheme="https"))
    assert answer["status"] is None
    assert answer["why"].startswith("TLS:")


def test_what_there_was_no_time_for_is_said(apache, asked, probe):
    answers = asked(*(probe(f"/{number}") for number in range(40)), seconds=0.2, rate=20)
    assert any(not answer["asked"] for answer in answers.values())
    assert all(answer["why"] == "no time left for it" for answer in answers.values() if not answer["asked"])


def test_the_rate_is_kept(apache, asked, probe):
    apache.start()
    began = time.monotonic()
    asked(*(probe(f"/{number}") for number in range(40)), rate=40)
    assert time.monotonic() - began > 0.4


def test_texts_and_headers_of_declarations_are_looked_for(apache, asked, probe):
    expectations = [{"url": "x", "body": "hello from", "absent": "nowhere", "headers": {"Accept-Ranges": "b"}}]
    answer = asked(probe("/"), expectations=expectations)
    assert answer["found"] == ["hello from"]
    assert answer["headers"]["accept-ranges"] == "bytes"


def test_the_virtual_host_that_answers_is_named(apache, asked, probe):
    hosts = [
        {"address": "*", "port": apache.port, "name": "www.example.test", "aliases": [], "file": "/a", "line": 1},
        {"address": "*", "port": apache.port, "name": "b.example.test", "aliases": [], "file": "/b", "line": 2},
    ]
    effective = {"vhosts": [{**host, "default": not number} for number, host in enumerate(hosts)], "listen": []}
    assert asked(probe("/", name="b.example.test"), effective=effective)["vhost"] == "/b:2"
