"""Facts are asked for only by those who use them, however indirectly."""

from __future__ import annotations

import pytest

from safedeploy.adapters.ansible.render import Renderer
from tests.unit.inventory.project import PROD, content, open_inventory, write

BASE = {
    "inventories/prod/hosts.ini": "web1\nweb2\n",
    "inventories/prod/group_vars/all.yml": "safedeploy_files: [{template: a.j2, dest: a}]\nplain: 1\n"
    "cpus: '{{ ansible_processor_vcpus }}'\nindirect: {x: ['{{ cpus }}']}\n",
    "templates/plain.j2": "{{ plain }}\n",
    "templates/facty.j2": "{{ ansible_facts.os_family }}\n",
}


def needs(project, template, more=None):
    write(project, BASE | {"templates/a.j2": template} | (more or {}))
    inventory = open_inventory(project)
    return Renderer(project, PROD, inventory).needs_facts(inventory.hosts[0])


NEEDED = {
    "a fact": "{{ ansible_facts.hostname }}",
    "an injected fact": "{{ ansible_default_ipv4.address }}",
    "a condition on one": "{% if ansible_facts['os_family'] is defined %}x{% endif %}",
    "a variable made of one": "{{ cpus }}",
    "a variable made of such a variable": "{{ indirect.x[0] }}",
    "an include": "{% include 'facty.j2' %}",
    "a macro": "{% macro m() %}{{ ansible_memtotal_mb }}{% endmacro %}",
    "another host's": "{{ hostvars['web2'].ansible_facts.hostname }}",
    "another host's by subscript": "{{ hostvars[h]['ansible_hostname'] }}",
    "a lookup of a template": "{{ lookup('template', 'facty.j2') }}",
    "a template with delimiters of its own": "#jinja2: variable_start_string: '[['\n[[ ansible_fqdn }}",
    "an include by a computed name": "{% include inventory_hostname ~ '.j2' %}",
}
NOT_NEEDED = {
    "nothing of the kind": "{{ plain }} {{ inventory_hostname }}",
    "names that Ansible sets": "{{ ansible_managed }} {{ ansible_play_hosts }} {{ ansible_host | default('x') }}",
    "an include without": "{% include 'plain.j2' %}",
    "a comment": "{# ansible_facts.hostname #}",
    "text": "ansible_facts.hostname",
    "raw text": "{% raw %}{{ ansible_facts }}{% endraw %}",
    "a broken template": "{% if ansible_facts",
}


@pytest.mark.parametrize("template", NEEDED.values(), ids=NEEDED)
def test_needed_for(template, tmp_path):
    assert needs(tmp_path, template)


@pytest.mark.parametrize("template", NOT_NEEDED.values(), ids=NOT_NEEDED)
def test_not_needed_for(template, tmp_path):
    assert not needs(tmp_path, template)


DECLARATIONS = {
    "a condition": "safedeploy_files: [{absent: true, dest: a, when: ansible_facts.os_family == 'Debian'}]\n",
    "a destination": "safedeploy_files: [{template: plain.j2, dest: '{{ ansible_hostname }}'}]\n",
    "a list made by one": "safedeploy_files: '{{ cpus | int * [] }}'\n",
    "a check": "safedeploy_files: []\nsafedeploy_health: [{url: 'http://{{ ansible_fqdn }}/'}]\n",
    "a layout": "safedeploy_files: []\nsafedeploy_layout: '{{ ansible_facts.os_family | lower }}'\n",
}


@pytest.mark.parametrize("variables", DECLARATIONS.values(), ids=DECLARATIONS)
def test_needed_for_declarations_with(variables, tmp_path):
    assert needs(tmp_path, "x", {"inventories/prod/host_vars/web1.yml": variables})


def test_given_facts_are_used_and_not_needed_any_more(tmp_path):
    write(tmp_path, BASE | {"templates/a.j2": "{{ ansible_facts.hostname }} {{ ansible_hostname }} {{ cpus }}\n"})
    inventory = open_inventory(tmp_path)
    renderer = Renderer(tmp_path, PROD, inventory)
    facts = {"ansible_hostname": "w", "ansible_processor_vcpus": 4}
    done = renderer.render_all({host.name: facts for host in inventory.hosts})
    assert content(done["web1"], "/etc/apache2/a") == "w w 4\n"
    assert not renderer.needs_facts(inventory.hosts[0])


def test_one_host_is_rendered_with_its_facts(tmp_path):
    write(tmp_path, BASE | {"templates/a.j2": "{{ ansible_facts.hostname }}\n"})
    inventory = open_inventory(tmp_path)
    done = Renderer(tmp_path, PROD, inventory).render(inventory.hosts[1], {"ansible_hostname": "second"})
    assert content(done, "/etc/apache2/a") == "second\n"


def test_text_in_facts_is_never_a_template(tmp_path):
    write(tmp_path, BASE | {"templates/a.j2": "{{ ansible_facts.hostname }}\n"})
    inventory = open_inventory(tmp_path)
    done = Renderer(tmp_path, PROD, inventory).render(inventory.hosts[0], {"ansible_hostname": "{{ 1 + 1 }}"})
    assert content(done, "/etc/apache2/a") == "{{ 1 + 1 }}\n"


def test_needed_of_every_host_when_one_uses_those_of_others(tmp_path):
    write(tmp_path, BASE | {"templates/a.j2": "x", "templates/lb.j2": "{{ hostvars['web1'].ansible_facts.hostname }}"})
    write(tmp_path, {"inventories/prod/host_vars/web2.yml": "safedeploy_files: [{template: lb.j2, dest: a}]\n"})
    inventory = open_inventory(tmp_path)
    renderer = Renderer(tmp_path, PROD, inventory)
    assert [renderer.needs_facts(host) for host in inventory.hosts] == [True, True]


def test_needed_of_one_host_when_only_that_one_uses_its_own(tmp_path):
    write(tmp_path, BASE | {"templates/a.j2": "x"})
    write(tmp_path, {"inventories/prod/host_vars/web2.yml": "safedeploy_files: [{template: facty.j2, dest: a}]\n"})
    inventory = open_inventory(tmp_path)
    renderer = Renderer(tmp_path, PROD, inventory)
    assert [renderer.needs_facts(host) for host in inventory.hosts] == [False, True]
