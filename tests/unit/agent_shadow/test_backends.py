"""What the host finds out about the servers behind its httpd."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from safedeploy_host.shadow import backends


def survey(world: dict[str, Any], bound: Any = ()) -> backends.Survey:
    return backends.survey({"addresses": ["127.0.0.1", "::1"], **world}, bound)


def test_a_name_with_several_addresses_is_worth_the_best_of_them() -> None:
    found = backends.Survey(
        {
            "names": {},
            "targets": {"app:80": [["10.0.0.1", 80], ["10.0.0.2", 80]], "lost:80": []},
            "states": [["10.0.0.1", 80, "refused", "no"], ["10.0.0.2", 80, "bridged", "yes"]],
        }
    )

    assert found.report({}) == [
        {"target": "app:80", "state": "bridged", "why": "yes"},
        {"target": "lost:80", "state": "unresolved", "why": "the host does not resolve the name"},
    ]


def test_what_could_not_be_bridged_after_all_is_said_before_anything_else() -> None:
    found = backends.Survey(
        {"names": {}, "targets": {"a:1": [["10.0.0.1", 1]]}, "states": [["10.0.0.1", 1, "bridged", "yes"]]}
    )

    assert found.report({("10.0.0.1", 1): "taken"}) == [{"target": "a:1", "state": "unbridged", "why": "taken"}]


def test_each_target_is_tried_for_what_it_is() -> None:
    with socket.socket() as open_one, socket.socket() as closed:
        open_one.bind(("127.0.0.1", 0))
        open_one.listen()
        closed.bind(("127.0.0.1", 0))
        there, gone = open_one.getsockname()[1], closed.getsockname()[1]
        world = {"backends": [{"name": "127.0.0.1", "port": port} for port in (there, gone)]}

        found = survey(world)

    assert found.states == {("127.0.0.1", there): "bridged", ("127.0.0.1", gone): "refused"}


def test_a_port_that_httpd_itself_listens_on_is_not_tried() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        port = one.getsockname()[1]
        world = {"backends": [{"name": "127.0.0.1", "port": port}]}

        assert survey(world, [("0.0.0.0", port)]).states == {("127.0.0.1", port): "own"}
        assert survey(world, [("127.0.0.1", port)]).states == {("127.0.0.1", port): "own"}
        assert survey(world, [("10.0.0.1", port)]).states == {("127.0.0.1", port): "bridged"}


def test_a_resolver_that_hangs_costs_a_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "LOOKUP", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(60))

    begun = time.monotonic()
    found = survey({"backends": [{"name": "slow.test", "port": 80}]})

    assert time.monotonic() - begun < 3
    assert found.report({})[0]["state"] == "unresolved"


def test_an_address_in_brackets_is_an_address() -> None:
    found = survey({"backends": [{"name": "[::1]", "port": 9}]})

    assert list(found.targets) == ["::1:9"]
    assert found.targets["::1:9"] == [("::1", 9)]
