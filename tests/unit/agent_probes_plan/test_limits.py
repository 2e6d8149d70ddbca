"""Large requests, many at once, and requests for others."""

from __future__ import annotations

from tests.unit.agent_probes_plan.configured import asked, paths, vhost


def test_a_site_with_files_gets_a_body_a_long_address_and_large_headers(tmp_path):
    found = [one for one in asked(vhost(f"DocumentRoot {tmp_path}")) if one["why"] == "envelope"]
    assert [one["body_bytes"] for one in found if one["body_bytes"]] == [256 * 1024]
    assert any(len(one["url"]) > 6000 for one in found)
    assert any(len(one["headers"].get("Cookie", "")) > 6000 for one in found)
    assert {one["method"] for one in found} == {"GET", "OPTIONS"}


def test_the_limits_of_the_header_are_tried_once_for_each_port(tmp_path):
    text = vhost(f"DocumentRoot {tmp_path}") + vhost(f"DocumentRoot {tmp_path}", "other.example.test")
    found = [one for one in asked(text) if "Cookie" in one["headers"]]
    assert len(found) == 1


def test_a_proxied_site_gets_a_long_address():
    found = asked(vhost("ProxyPass / http://127.0.0.1:9000/"))
    assert any(len(one["url"]) > 6000 for one in found)
    assert not any(one["body_bytes"] for one in found), "a body might do something at a server behind this one"


def test_each_port_is_asked_while_other_requests_are_unfinished():
    text = "Listen 80\nListen 443 https\n" + vhost("") + vhost("", address="*:443")
    found = [one for one in asked(text) if one["why"] == "crowd"]
    assert [(one["url"].partition(":")[0], one["hold"]) for one in found] == [("http", 24), ("https", 24)]


def test_a_strangers_server_is_asked_for_in_the_way_of_a_proxy():
    (found,) = [one for one in asked(vhost("")) if one["why"] == "open-proxy"]
    assert found["absolute"]
    assert found["url"].startswith("http://safedeploy-no-such-proxy.invalid/")


def test_nothing_but_safe_methods_is_sent(tmp_path):
    text = vhost(f"DocumentRoot {tmp_path}\nProxyPass /api/ http://127.0.0.1:9000/")
    assert {one["method"] for one in asked(text)} <= {"GET", "HEAD", "OPTIONS"}


def test_the_demanding_ones_come_last():
    assert [one["why"] for one in asked(vhost(""))][-1] == "crowd"
    assert paths(asked(vhost("")))[0] == "/"
