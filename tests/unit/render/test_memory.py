"""What is rendered once serves all hosts for which it comes out the same, and none for which it does not."""

from __future__ import annotations

import pytest

from safedeploy.adapters.ansible.library.templating import HostTemplating
from safedeploy.adapters.ansible.render import Renderer
from tests.unit.inventory.project import PROD, content, open_inventory, write

HOSTS = "[web]\nweb1\nweb2\nweb3 port=8080\nweb4 port=8080\n[large]\nweb2\nweb4\n"
VARIABLES = """\
port: 80
top: /srv
root: "{{ top }}/www"
name_of: "{{ inventory_hostname }}.example.com"
sites: [{name: a, root: "{{ root }}/a"}, {name: b, root: "{{ name_of }}"}]
nothing: null
unsafe: !unsafe "{{ port }}"
safedeploy_files:
  - {template: a.j2, dest: a}
"""
BASE = {
    "inventories/prod/hosts.ini": HOSTS,
    "inventories/prod/group_vars/all.yml": VARIABLES,
    "inventories/prod/group_vars/large.yml": "limit: 9\ntop: /large\n",
    "templates/port.j2": "{{ port }}",
    "templates/name.j2": "{{ name_of }}",
    "templates/macros.j2": "{% macro listen(p) %}Listen {{ p }}{% endmacro %}",
    "filter_plugins/own.py": "class FilterModule:\n    def filters(self):\n"
    "        return {'own': lambda value: value}\n",
    "files/note.txt": "a note\n",
}
# How many of the four hosts it is rendered for.
ALIKE = {
    "of nothing": ("plain {{ 1 + 1 }}", 1),
    "of what all have": ("{{ nothing is none }} {{ ansible_play_hosts | length }}", 1),
    "of a host's variable": ("{{ port }}", 2),
    "of a group's": ("{{ root }}", 2),
    "of two of them": ("{{ root }}:{{ port }}", 4),
    "of one that some lack": ("{{ limit | default('none') }}", 2),
    "of the name": ("{{ inventory_hostname }}", 4),
    "of what is made of the name": ("{{ name_of }}", 4),
    "of an include": ("{% include 'port.j2' %}", 2),
    "of an include of the name": ("{% include 'name.j2' %}", 4),
    "of a chosen include": ("{% include ('port' if limit is defined else 'name') ~ '.j2' %}", 4),
    "of a loop": ("{% for port in [1, 2] %}{{ port }}{% endfor %}", 1),
    "of a list of templates": ("{% for one in sites %}{{ one.root }} {% endfor %}", 4),
    "of a part of it": ("{{ sites[0].name }}", 1),
    "of filters of Ansible's": ("{{ (root ~ '/x.j2') | basename | to_json | default('') | length }}", 2),
    "of what is set": ("{% set port = 5 %}{{ port }}", 1),
    "of a macro": ("{% import 'macros.j2' as m %}{{ m.listen(port) }}", 2),
    "of a macro with context": ("{% from 'macros.j2' import listen with context %}{{ listen(1) }}", 1),
    "of hostvars": ("{{ hostvars['web3'].port }}", 1),
    "of its own hostvars": ("{{ hostvars[inventory_hostname].port }}", 4),
    "of groups": ("{{ groups['large'] | join(' ') }}", 1),
    "of its groups": ("{{ group_names | join(' ') }}", 2),
    "of a text that is no template": ("{{ unsafe }}", 1),
    "of a lookup": ("{{ lookup('ansible.builtin.file', 'note.txt') }}", 4),
    "of a lookup of a variable": ("{{ lookup('ansible.builtin.vars', 'port') }}", 4),
    "of all variables": ("{{ vars['port'] }}", 4),
    "of chance": ("{{ [port] | random }}", 4),
    "of a filter of the project's": ("{{ 'x' | own }}", 4),
    "of a filter by its name": ("{{ ['x'] | map('own') | join }}", 4),
    "of the time": ("{{ now().year > 2000 }}", 4),
    "of its place": ("{{ template_destpath }}", 1),
}


@pytest.fixture
def counted(monkeypatch):
    """How often a template is really rendered."""
    made = []
    plain = HostTemplating._file
    monkeypatch.setattr(HostTemplating, "_file", lambda *args, **more: made.append(args[1]) or plain(*args, **more))
    return made


def rendered(project, limit=None):
    with open_inventory(project, limit=limit) as inventory:
        done = Renderer(project, PROD, inventory).render_all()
    return {host: content(one, "/etc/apache2/a") for host, one in done.items()}


@pytest.mark.parametrize(("template", "times"), ALIKE.values(), ids=ALIKE)
def test_what_comes_out_alike_is_rendered_once(template, times, tmp_path, counted):
    write(tmp_path, BASE | {"templates/a.j2": template})
    together = rendered(tmp_path)
    assert len(counted) == times
    alone = {host: rendered(tmp_path, host)[host] for host in together}
    if "ansible_play_hosts" not in template:
        assert together == alone


def test_a_fact_that_looks_like_a_template_is_none(tmp_path):
    write(tmp_path, BASE | {"templates/a.j2": "{{ ansible_facts.motd }}", "inventories/prod/hosts.ini": "web1\nweb2\n"})
    with open_inventory(tmp_path) as inventory:
        facts = {"web1": {"ansible_motd": "{{ port }}"}, "web2": {"ansible_motd": "80"}}
        done = Renderer(tmp_path, PROD, inventory).render_all(facts)
    assert [content(done[host], "/etc/apache2/a") for host in ("web1", "web2")] == ["{{ port }}", "80"]


def test_equal_texts_of_which_one_is_a_template_are_told_apart(tmp_path):
    project = BASE | {
        "templates/a.j2": "{{ one }}",
        "inventories/prod/hosts.ini": "web1\nweb2\n",
        "inventories/prod/host_vars/web1.yml": 'one: "{{ port }}"\n',
        "inventories/prod/host_vars/web2.yml": 'one: !unsafe "{{ port }}"\n',
    }
    write(tmp_path, project)
    assert rendered(tmp_path) == {"web1": "80", "web2": "{{ port }}"}


def test_other_facts_make_another_text(tmp_path):
    write(tmp_path, BASE | {"templates/a.j2": "{{ ansible_facts.os }}", "inventories/prod/hosts.ini": "web1\n"})
    with open_inventory(tmp_path) as inventory:
        renderer = Renderer(tmp_path, PROD, inventory)
        told = [renderer.render_all({"web1": {"ansible_os": os}})["web1"] for os in ("old", "new")]
    assert [content(one, "/etc/apache2/a") for one in told] == ["old", "new"]


def test_a_host_that_cannot_be_rendered_hinders_none_that_is_like_it(tmp_path):
    loop = 'safedeploy_files: [{template: a.j2, dest: "{{ item }}", loop: "{{ [port] }}"}]\n'
    write(tmp_path, BASE | {"templates/a.j2": "{{ port + 1 }}", "inventories/prod/group_vars/web.yml": loop})
    with open_inventory(tmp_path) as inventory:
        done = Renderer(tmp_path, PROD, inventory).render_all()
    found = {host: min(one.tree.entries) for host, one in done.items()}
    assert found["web1"] == found["web2"] == "/etc/apache2/80"
    assert found["web3"] == found["web4"] == "/etc/apache2/8080"
