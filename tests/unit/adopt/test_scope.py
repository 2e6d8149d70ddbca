"""Each host gets its own value, and it is said in as few places as can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from safedeploy.core.adopt.scope import Reach, reach, scoped

HOSTS = ("web1", "web2", "web3", "web4")
GROUPS = {"front": ("web1", "web2"), "back": ("web3", "web4"), "odd": ("web1", "web3"), "lone": ("web4",)}


def value_of(host, found):
    """The value that Ansible gives a host; of its groups any may win."""
    if host in found.hosts:
        return {found.hosts[host]}
    of_groups = {value for group, value in found.groups.items() if host in GROUPS[group]}
    return of_groups or set(found.everywhere)


@given(st.dictionaries(st.sampled_from(HOSTS), st.integers(1, 3)))
def test_whatever_ansible_prefers_each_host_has_its_value(values):
    found = scoped(values, HOSTS, GROUPS)
    assert {host: value_of(host, found) for host in values} == {host: {value} for host, value in values.items()}


def test_what_most_have_is_said_for_all_and_the_rest_for_a_group_or_a_host():
    found = scoped({"web1": 1, "web2": 1, "web3": 1, "web4": 2}, HOSTS, GROUPS)
    assert (found.everywhere, found.groups, found.hosts) == ((1,), {}, {"web4": 2})
    found = scoped({"web1": 1, "web2": 1, "web3": 2, "web4": 2}, HOSTS, GROUPS)
    assert (found.everywhere, found.groups, found.hosts) == ((), {"back": 2, "front": 1}, {})


def test_an_entry_is_declared_for_all_for_a_group_for_a_host_or_with_a_condition():
    assert reach(HOSTS, HOSTS, GROUPS) == (Reach(),)
    assert reach(["web4", "web3"], HOSTS, GROUPS) == (Reach(group="back"),)
    assert reach(["web4"], HOSTS, GROUPS) == (Reach(host="web4"),)
    assert reach(["web1", "web4"], HOSTS, GROUPS) == (Reach(when="inventory_hostname in ['web1', 'web4']"),)
    assert reach(["web1", "web2", "web4"], HOSTS, GROUPS) == (Reach(when="inventory_hostname not in ['web3']"),)
