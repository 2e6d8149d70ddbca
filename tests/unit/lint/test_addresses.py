"""What is an address to httpd, as 2.4.71 takes it behind Require ip."""

from __future__ import annotations

import pytest

from safedeploy.lint.addresses import fault

TAKEN = ["10", "10.1.", "10.1.2.3", "1.2.3.4/32", "1.2.3.4/255.255.0.0", "::1", "2001:db8::/32", "0", "1.2.3.4/+8"]
REFUSED = [
    "1.2.3.*",
    "1.2.3.4-1.2.3.9",
    "1,2",
    "256",
    "1.2.3.4/33",
    "10/8",
    "1.2.3.4:80",
    "[::1]",
    "name",
    "::/0",
    "1..2",
]


@pytest.mark.parametrize("text", TAKEN)
def test_an_address_a_beginning_of_one_and_a_network_are_taken(text):
    assert fault(text) is None


@pytest.mark.parametrize("text", REFUSED)
def test_what_httpd_refuses_has_a_fault(text):
    assert fault(text)
