"""Clients: whom access rules name, and what depends on who asks."""

from __future__ import annotations

import pytest
from safedeploy_host.probes.clients import inside

from tests.unit.agent_probes_plan.configured import asked, set_addresses, vhost


@pytest.fixture(autouse=True)
def _host(monkeypatch):
    set_addresses(monkeypatch, "10.0.0.5")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.1", "10.1.0.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("192.168.0.0/16", "192.168.0.1"),
        ("10.0.0.0/255.0.0.0", "10.0.0.1"),
        ("2001:db8::/32", "2001:db8::1"),
        ("example.test", None),
    ],
)
def test_a_network_of_an_access_rule_has_an_address_in_it(text, address):
    assert inside(text) == address


def test_what_a_rule_guards_is_asked_by_somebody_whom_live_names():
    live = vhost("<Location /admin>\nRequire ip 192.168.0.0/16\n</Location>")
    candidate = vhost("<Location /admin>\nRequire ip 172.16.0.0/12\n</Location>")
    found = {one["source"] for one in asked(live, candidate) if one["url"].endswith("/admin")}
    assert {"192.168.0.1", "172.16.0.1"} <= found


def test_the_client_is_shown_where_the_configuration_names_it():
    probes = asked(vhost("<Location /admin>\nRequire ip 192.168.0.0/16\n</Location>"))
    assert "GET http://www.example.test/admin from 192.168.0.1" in [one["shown"] for one in probes]


@pytest.mark.parametrize("rule", ["Require local", "Require ip 10.1", "Require host example.test", "Deny from 10.2",
                                  'Require expr "-R \'10.0.0.0/8\'"'])  # fmt: skip
def test_what_depends_on_the_client_is_not_asked_of_the_real_server(rule):
    probes = asked(vhost(f"<Location /admin>\n{rule}\n</Location>"))
    live_too = {one["url"].rpartition("test")[2] for one in probes if one["live_too"]}
    assert "/admin" not in live_too
    assert "/" in live_too


def test_a_rule_for_everybody_does_not_depend_on_the_client():
    probes = asked(vhost("<Location /admin>\nRequire all denied\n</Location>"))
    assert any(one["live_too"] and one["url"].endswith("/admin") for one in probes)


def test_an_htaccess_that_looks_at_the_client_counts(tmp_path):
    (tmp_path / "staff").mkdir()
    (tmp_path / "staff/.htaccess").write_text("Require ip 10.1\n")
    (tmp_path / "staff/page.html").write_text("x")
    body = f"DocumentRoot {tmp_path}\n<Directory {tmp_path}>\nAllowOverride All\n</Directory>"
    probes = asked(vhost(body))
    assert not [one for one in probes if one["live_too"] and "/staff/" in one["url"]]


def test_a_site_behind_a_proxy_is_asked_as_through_it_and_its_start_page_both_ways():
    body = (
        "Redirect /old /new\nRewriteEngine On\nRewriteCond %{HTTP:X-Forwarded-Proto} !https\n"
        "RewriteRule ^ https://www.example.test%{REQUEST_URI} [R]"
    )
    probes = asked(vhost(body))
    start = [one["headers"] for one in probes if one["url"] == "http://www.example.test/" and one["why"] == "name"]
    assert start == [{}, {"x-forwarded-proto": "https"}]
    assert [one["headers"] for one in probes if one["url"].endswith("/old")] == [{"x-forwarded-proto": "https"}]
