"""The sample of the access logs: which requests are made again, by whom, and which are not."""

from __future__ import annotations

import os

import pytest
from safedeploy_host.probes.addresses import OUTSIDE

from tests.unit.agent_probes_plan.configured import asked, planned, set_addresses, urls, vhost

COMMON = r"%h %l %u %t \"%r\" %>s %b"
WHEN = "[22/Nov/2026:20:00:00 +0000]"


@pytest.fixture(autouse=True)
def _host(monkeypatch):
    set_addresses(monkeypatch, "10.0.0.5")


@pytest.fixture
def log(tmp_path):
    return tmp_path / "access.log"


def line(request, status=200, client="192.0.2.7", more=""):
    return f'{client} - - {WHEN} "{request} HTTP/1.1" {status} 17{more}'


def written(log, *lines):
    log.write_text("".join(f"{one}\n" for one in lines))
    return f'LogFormat "{COMMON}" common\nCustomLog {log} common\n'


def of_log(text, **probing):
    return [one for one in asked(text, probing=probing) if one["why"] == "log"]


def test_a_logged_request_is_asked_again_by_its_client(log):
    (found,) = of_log(vhost(written(log, line("GET /shop?q=x"))))
    assert (found["url"], found["source"]) == ("http://www.example.test/shop?q=x", "192.0.2.7")


def test_the_values_of_a_query_are_not_shown(log):
    (found,) = of_log(vhost(written(log, line("GET /shop?q=verysecret"))))
    assert "verysecret" not in found["shown"]
    assert "q=" in found["shown"]


def test_only_get_and_head_are_asked_again(log):
    text = vhost(written(log, line("POST /a"), line("HEAD /b"), line("DELETE /c"), line("OPTIONS *"), line("GET /d")))
    assert sorted((one["method"], one["url"][-2:]) for one in of_log(text)) == [("GET", "/d"), ("HEAD", "/b")]


def test_requests_that_differ_in_an_identifier_are_one_route(log):
    same = [line(f"GET /users/{number}/orders/{number:08x}a1") for number in range(10, 60)]
    assert len(of_log(vhost(written(log, *same)))) == 1


def test_the_latest_of_a_route_is_the_one_that_is_asked(log):
    (found,) = of_log(vhost(written(log, line("GET /users/11"), line("GET /users/99"))))
    assert found["url"].endswith("/users/99")


def test_the_same_path_with_another_status_is_another_route(log):
    assert len(of_log(vhost(written(log, line("GET /users/11"), line("GET /users/22", 302))))) == 2


@pytest.mark.parametrize(
    "target",
    ["/x?token=abc", "/x?a=1&api_key=2", "/reset/abc", "/logout", "/cart?action=delete", "/x?next=" + "y" * 80,
     "/x?PHPSESSID=1", "/x?X-Amz-Signature=1", "/unsubscribe/77", "/x;jsessionid=4"],
)  # fmt: skip
def test_what_holds_credentials_or_looks_like_an_act_is_not_asked_again(log, target):
    found = planned(vhost(written(log, line(f"GET {target}"))))
    assert not urls(found["probes"], "log")
    assert any("not made again" in note for note in found["notes"])


def test_what_failed_is_asked_again_but_seldom(log):
    lines = [line(f"GET /missing-{chr(97 + number)}{'/x' * number}", 404) for number in range(20)]
    lines += [line(f"GET /page-{chr(97 + number)}{'/x' * number}") for number in range(20)]
    found = of_log(vhost(written(log, *lines)), sample=16)
    assert len(found) == 16
    assert sum("/missing-" in one["url"] for one in found) == 2


def test_the_sample_is_bounded_and_fair_to_a_quiet_site(log, tmp_path):
    busy = vhost(written(log, *[line(f"GET /{chr(97 + number % 26)}/{'x' * number}/p") for number in range(60)]))
    quiet = vhost(written(tmp_path / "quiet.log", line("GET /only")), "quiet.example.test")
    found = of_log(busy + quiet, sample=10)
    assert len(found) == 10
    assert any("quiet.example.test/only" in one["url"] for one in found)


def test_a_sample_of_none_asks_nothing(log):
    assert not of_log(vhost(written(log, line("GET /a"))), sample=0)


def test_one_directory_with_a_thousand_pages_is_asked_about_thrice(log):
    lines = [line(f"GET /pages/{''.join(chr(97 + int(digit)) for digit in str(number))}.html") for number in range(100)]
    assert len(of_log(vhost(written(log, *lines)))) == 3


def test_a_shared_log_is_told_apart_by_the_name_and_port_in_its_lines(log):
    text = f'CustomLog {log} "%v:%p %h %t \\"%r\\" %>s"\n' + vhost("") + vhost("", "other.example.test")
    log.write_text(f'other.example.test:80 192.0.2.7 {WHEN} "GET /x HTTP/1.1" 200\n')
    assert urls(of_log(text)) == ["http://other.example.test/x"]


def test_a_shared_log_without_names_gives_redirects_to_the_plain_port(log):
    body = written(log, line("GET /a"), line("GET /b", 301))
    text = "Listen 80\nListen 443 https\n" + vhost(body) + vhost(body, address="*:443")
    assert sorted(urls(of_log(text))) == ["http://www.example.test/b", "https://www.example.test/a"]


def test_the_log_of_a_site_without_one_of_its_own_is_the_main_servers(log):
    assert len(of_log(written(log, line("GET /a")) + vhost(""))) == 1


def test_a_site_with_a_log_of_its_own_does_not_write_to_the_main_servers(log, tmp_path):
    own = written(tmp_path / "own.log", line("GET /own"))
    assert urls(of_log(written(log, line("GET /main")) + vhost(own))) == ["http://www.example.test/own"]


def test_a_nickname_is_looked_up(log):
    text = f'LogFormat "%h %t \\"%r\\" %>s" short\nCustomLog {log} short\n' + vhost("")
    log.write_text(f'192.0.2.7 {WHEN} "GET /x HTTP/1.1" 200\n')
    assert len(of_log(text)) == 1


def test_a_short_log_is_read_on_in_the_rotated_one(log):
    body = written(log, line("GET /new"))
    log.with_name("access.log.1").write_text(line("GET /older") + "\n")
    assert sorted(urls(of_log(vhost(body)))) == ["http://www.example.test/new", "http://www.example.test/older"]


def test_the_file_behind_a_rotating_program_is_found(log):
    log.with_name("access.20261121.log").write_text(line("GET /yesterday") + "\n")
    body = f'CustomLog "|/usr/bin/rotatelogs {log.parent}/access.%Y%m%d.log 86400" "{COMMON}"\n'
    assert len(of_log(vhost(body))) == 1


def test_a_log_that_is_no_file_is_said(log):
    found = planned(vhost("CustomLog |/usr/bin/logger common\nCustomLog syslog:user common"))
    assert sum("it is no file" in note for note in found["notes"]) == 2


def test_a_name_instead_of_an_address_asks_from_outside(log):
    (found,) = of_log(vhost(written(log, line("GET /a", client="host.example.test"))))
    assert found["source"] == OUTSIDE


def test_a_request_of_the_host_itself_is_asked_over_the_loopback(log):
    (found,) = of_log(vhost(written(log, line("GET /a", client="127.0.0.1"))))
    assert (found["address"], found["source"]) == ("127.0.0.1", None)


def test_behind_a_proxy_the_client_is_told_in_the_header_and_the_proxy_asks(log):
    body = written(log, line("GET /a")) + "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 10.7.0.0/24\n"
    (found,) = of_log(vhost(body))
    assert found["headers"]["X-Forwarded-For"] == "192.0.2.7"
    assert found["source"] == "10.7.0.1"


def test_so_many_clients_and_no_more(log):
    lines = [line(f"GET /{'x' * number}/p", client=f"192.0.2.{number}") for number in range(1, 40)]
    world = planned(vhost(written(log, *lines)))["world"]
    assert len(world["clients"]) <= 17


def test_what_the_push_removes_is_not_asked_again(log, tmp_path):
    (tmp_path / "gone.html").write_text("x")
    text = vhost(written(log, line("GET /gone.html")) + f"DocumentRoot {tmp_path}\n")
    assert not urls(asked(text, changes={f"{tmp_path}/gone.html": {"kind": "absent"}}), "log")


@pytest.mark.parametrize(
    "hostile",
    ["GET http://evil.example/", "GET //evil.example/x", "GET /a b", "\\x16\\x03", "GET", "", "GET /\\x00", "GET /#x"],
)
def test_a_hostile_line_leads_nowhere_else(log, hostile):
    for one in of_log(vhost(written(log, line(hostile)))):
        assert one["url"].startswith("http://www.example.test/")
        assert one["url"].isascii()
        assert one["url"].isprintable()


def test_a_log_that_is_a_fifo_holds_nothing_up(log):
    os.mkfifo(log)
    assert not of_log(vhost(f"CustomLog {log} common\n"))
