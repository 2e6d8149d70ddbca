"""Health checks and declared changes are questions too."""

from __future__ import annotations

import pytest

from tests.unit.agent_probes_plan.configured import asked, set_addresses, vhost


@pytest.fixture(autouse=True)
def _host(monkeypatch):
    set_addresses(monkeypatch, "10.0.0.5")


def test_a_health_check_is_asked_from_the_host_itself_at_its_own_address():
    (found,) = [
        one for one in asked(vhost(""), health=[{"url": "http://www.example.test/up"}]) if one["why"] == "health"
    ]
    assert (found["address"], found["source"], found["live_too"]) == ("127.0.0.1", None, True)


def test_a_health_check_with_an_address_is_asked_there():
    check = {"url": "http://www.example.test/up", "address": "10.0.0.5"}
    (found,) = [one for one in asked(vhost(""), health=[check]) if one["why"] == "health"]
    assert found["address"] == "10.0.0.5"


def test_a_declared_change_of_one_url_is_asked_for():
    (found,) = [
        one
        for one in asked(vhost(""), expect=[{"url": "http://www.example.test/docs/", "status": [401]}])
        if one["why"] == "declared"
    ]
    assert (found["url"], found["address"]) == ("http://www.example.test/docs/", "10.0.0.5")


def test_a_declared_prefix_adds_no_question():
    probes = asked(vhost(""), expect=[{"url": "http://www.example.test/docs/*", "status": [401]}])
    assert not [one for one in probes if one["why"] == "declared"]


def test_an_unsafe_method_is_not_taken_from_a_declaration():
    probes = asked(vhost(""), expect=[{"url": "http://www.example.test/x", "method": "DELETE", "status": [403]}])
    assert {one["method"] for one in probes} <= {"GET", "HEAD", "OPTIONS"}
