"""What is written for a fleet comes out of Ansible's own templating as it was on each host, whatever a host wrote."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safedeploy.adapters import project_tree
from safedeploy.adapters.ansible.inventory import load
from safedeploy.adapters.ansible.render import Renderer
from safedeploy.core.adopt.choice import choose
from safedeploy.core.adopt.project import Ground, write
from safedeploy.core.layouts import LAYOUTS
from safedeploy.core.policy import Policy
from safedeploy.core.tree import tree_to_json
from safedeploy.workflows import adopt_ground
from tests.unit.adopt.surveys import ROOT, file, link, survey
from tests.unit.adopt.test_template import alike

HOSTS = ("web1", "web2", "web3")
POLICY = Policy(environment="prod", inventory="inventories/prod")
INVENTORY = b"""\
all:
  vars: {ansible_user: root}
  children:
    front: {hosts: {web1: {}, web2: {}}}
    back: {hosts: {web3: {}}}
"""


def brought_through(project, fleet, contents):
    """Adopt `{host: {path: entry}}` into a project, and render that."""
    surveys = [survey(host, fleet[host]) for host in HOSTS]
    layouts = dict.fromkeys(HOSTS, LAYOUTS["debian"])
    ground = Ground(
        environment="prod",
        hosts=HOSTS,
        groups={"front": ("web1", "web2"), "back": ("web3",)},
        layouts=layouts,
        owners=dict.fromkeys(HOSTS, "root"),
        known=frozenset({"ansible_user"}),
        live={one.host: {path: item.entry for path, item in one.entries.items()} for one in surveys},
    )
    choice = choose(surveys, layouts, managed={})
    made = write(choice, {hashlib.sha256(data).hexdigest(): data for data in contents}, ground)
    begun = project_tree.Change(new={"inventories/prod/hosts.yml": INVENTORY})
    beginning = adopt_ground.Beginning(inventory="inventories/prod", templates="templates", change=begun)
    project_tree.apply(project, begun)
    project_tree.apply(project, adopt_ground.written(project, beginning, made, ""))
    with load(project, POLICY) as inventory:
        return Renderer(project, POLICY, inventory).render_all()


def expected(fleet, host):
    """The tree that a host has, as the rendered one should be."""
    keys = {"kind", "sha256", "size", "mode", "owner", "group", "target"}
    return {
        f"{ROOT}/{name}": {key: item for key, item in entry.items() if key in keys}
        for name, entry in fleet[host].items()
    }


@settings(max_examples=15, deadline=None)
@given(st.lists(alike(), min_size=1, max_size=3))
def test_texts_that_are_alike_come_through(files):
    fleet = {host: {f"conf-available/{n}.conf": file(one[host]) for n, one in enumerate(files)} for host in HOSTS}
    with tempfile.TemporaryDirectory() as name:
        done = brought_through(Path(name), fleet, [data for one in files for data in one.values()])
    for host in HOSTS:
        assert tree_to_json(done[host].tree.entries) == expected(fleet, host)


@pytest.mark.parametrize(
    "name",
    [
        "{{ lookup('pipe', 'touch owned') }}.conf", "a name.conf", "$HOME.conf", "~.conf", "a: b, c}.conf", "é.conf",
        "yes", "0644", "-x", "'q'\"q\".conf", "#c",
    ],
)  # fmt: skip
def test_odd_names_come_through_and_nothing_in_them_is_evaluated(tmp_path, name):
    one = {name: file(b"same"), f"conf-enabled/{name}": link(f"../{name}")}
    fleet = {"web1": one, "web2": one, "web3": {**one, name: file(b"own", mode="0755", owner="www-data", group="4321")}}
    done = brought_through(tmp_path, fleet, [b"same", b"own"])
    for host in HOSTS:
        assert tree_to_json(done[host].tree.entries) == expected(fleet, host)
    assert not (tmp_path / "owned").exists()


def test_modules_and_sites_are_said_by_name_where_that_means_the_same(tmp_path):
    base = {
        "sites-enabled/www.conf": link("../sites-available/www.conf"),
        "mods-enabled/headers.load": link("../mods-available/headers.load"),
    }
    odd = {**base, "mods-enabled/proxy.load": link("../mods-available/proxy.load")}  # without proxy.conf
    fleet = {"web1": base, "web2": {}, "web3": odd}
    done = brought_through(tmp_path, fleet, [])
    for host in HOSTS:
        assert tree_to_json(done[host].tree.entries) == expected(fleet, host)
    text = (tmp_path / "inventories/prod/group_vars/all/adopted.yml").read_text()
    assert "safedeploy_sites: [www]" in text
    assert "safedeploy_modules: [headers]" in text
