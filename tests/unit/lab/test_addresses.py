from __future__ import annotations

import ipaddress
import itertools

import pytest

from safedeploy.lab import addresses
from safedeploy.lab.names import MAX_HOSTS


@pytest.fixture
def used(monkeypatch):
    """Set which networks the machine has."""
    return lambda *networks: monkeypatch.setattr(
        addresses, "_used", lambda: [ipaddress.IPv4Network(network) for network in networks]
    )


def test_all_addresses_are_in_the_range_for_benchmarks_and_in_one_subnet():
    for subnet in (0, 255, 511):
        last = ipaddress.IPv4Address(addresses.host_address(subnet, MAX_HOSTS))
        assert last in addresses.SUBNETS[subnet]
        assert last in ipaddress.IPv4Network("198.18.0.0/15")
        assert ipaddress.IPv4Address(addresses.machine_address(subnet)) in addresses.SUBNETS[subnet]


def test_a_lab_of_the_same_name_asks_for_the_same_subnet_first(used):
    used()
    assert next(addresses.candidates("default")) == next(addresses.candidates("default"))


def test_a_subnet_that_the_machine_uses_is_passed_over(used):
    used()
    first, second = itertools.islice(addresses.candidates("default"), 2)
    used(str(addresses.SUBNETS[first]))
    assert next(addresses.candidates("default")) == second


def test_a_route_to_part_of_a_subnet_is_a_use_of_it(used):
    used()
    first = next(addresses.candidates("default"))
    used(f"{addresses.SUBNETS[first][77]}/32")
    assert first not in addresses.candidates("default")


def test_nothing_is_free_when_the_whole_range_is_routed_elsewhere(used):
    used("198.18.0.0/15")
    assert list(addresses.candidates("default")) == []


def test_hardware_addresses_are_local_and_differ_by_lab_and_by_host():
    seen = {addresses.hardware_address(ident, number) for ident in ("00ff00ff", "00ff00fe") for number in range(201)}
    assert len(seen) == 402
    assert all(address.startswith("02:") and len(address) == 17 for address in seen)
