"""Which names, ports and addresses are asked."""

from __future__ import annotations

import pytest
from safedeploy_host.probes.addresses import OUTSIDE

from tests.unit.agent_probes_plan.configured import asked, planned, set_addresses, urls, vhost


@pytest.fixture(autouse=True)
def _host(monkeypatch):
    set_addresses(monkeypatch, "10.0.0.5", "10.0.0.6")


def test_every_name_of_both_configurations_is_asked():
    live = vhost("ServerAlias example.test", "www.example.test") + vhost("", "old.example.test")
    candidate = vhost("ServerAlias example.test", "www.example.test") + vhost("", "new.example.test")
    found = urls(asked(live, candidate), "name")
    for name in ("www.example.test", "example.test", "old.example.test", "new.example.test"):
        assert f"http://{name}/" in found


def test_a_wildcard_alias_is_asked_by_a_made_up_name_under_it():
    assert "http://safedeploy.example.test/" in urls(asked(vhost("ServerAlias *.example.test")), "name")


def test_the_default_server_of_a_port_is_asked_by_a_name_that_nobody_has():
    assert "http://safedeploy-no-such-site.invalid/" in urls(asked(vhost("")), "name")


def test_a_virtual_host_that_speaks_tls_is_asked_so_and_another_port_is_named():
    text = (
        "Listen 80\nListen 8443 https\n"
        + vhost("SSLEngine on", address="*:8443")
        + vhost("", "plain.example.test", "*:80")
    )
    found = urls(asked(text), "name")
    assert "https://www.example.test:8443/" in found
    assert "http://plain.example.test/" in found


def test_every_name_is_asked_at_each_address_that_a_virtual_host_is_bound_to():
    candidate = vhost("") + vhost("", "blog.example.test", "10.0.0.6:80")
    at = {probe["address"] for probe in asked(vhost(""), candidate) if probe["url"] == "http://www.example.test/"}
    assert at == {"10.0.0.5", "10.0.0.6"}


def test_a_port_that_listens_on_one_address_is_asked_there_alone():
    text = "Listen 80\nListen 127.0.0.1:8080\n" + vhost("", address="*:80") + vhost("", "local.example.test", "*:8080")
    local = [probe for probe in asked(text) if ":8080" in probe["url"]]
    assert {probe["address"] for probe in local} == {"127.0.0.1"}
    assert {probe["source"] for probe in local} == {None}, "nobody from outside reaches the loopback"


def test_questions_come_from_outside():
    assert {probe["source"] for probe in asked(vhost(""))} == {OUTSIDE}


def test_without_virtual_hosts_the_main_server_is_asked():
    assert "http://main.example.test:8080/" in urls(asked("Listen 8080\nServerName main.example.test:8080"), "name")


def test_a_port_that_no_virtual_host_takes_is_the_main_servers():
    text = "Listen 80\nListen 8080\nServerName main.example.test\n" + vhost("")
    assert "http://main.example.test:8080/" in urls(asked(text), "name")


def test_a_virtual_host_whose_address_does_not_resolve_is_asked_by_its_name():
    text = vhost("") + "<VirtualHost blog.example.test:80>\nServerName blog.example.test\n</VirtualHost>\n"
    found = planned(vhost(""), text)
    assert "http://blog.example.test/" in urls(found["probes"], "name")
    assert found["world"]["names"] == ["blog.example.test"]


def test_a_candidate_is_planned_for_without_a_live_configuration():
    assert "http://www.example.test/" in urls(asked(None, vhost("")), "name")


def test_the_world_has_the_hosts_addresses_and_the_clients_that_ask():
    world = planned(vhost(""))["world"]
    assert world["addresses"] == ["10.0.0.5", "10.0.0.6"]
    assert world["clients"] == [OUTSIDE]


def test_an_address_that_is_not_the_hosts_is_said():
    found = planned(vhost("", address="10.9.9.9:80"))
    assert any("10.9.9.9" in note for note in found["notes"])
    assert "10.9.9.9" in found["world"]["addresses"]


def test_a_port_that_loses_its_other_addresses_is_asked_at_the_loopback_too():
    found = asked("Listen 80\n" + vhost(""), "Listen 192.0.2.7:80\n" + vhost(""))
    assert "127.0.0.1" in {one["address"] for one in found if one["why"] == "name"}
    found = asked("Listen 80\n" + vhost(""), "Listen 80\n" + vhost(""))
    assert "127.0.0.1" not in {one["address"] for one in found if one["why"] == "name"}
