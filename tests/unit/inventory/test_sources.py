"""Every kind of Ansible inventory, with Ansible's own precedence."""

from __future__ import annotations

import pytest

from safedeploy.adapters.ansible.inventory import load
from safedeploy.core.errors import SafedeployError
from safedeploy.core.policy import Policy
from tests.unit.inventory.project import PROD, content, names, open_inventory, rendered, write

SCRIPT = """#!/bin/sh
echo '{"web": {"hosts": ["dyn1", "dyn2"]}, "_meta": {"hostvars": {"dyn1": {"color": "blue"}}}}'
"""
GENERATOR = "plugin: ansible.builtin.generator\nlayers: {n: [1, 2]}\nhosts: {name: 'g{{ n }}'}\n"
ONE_HOST = {"inventories/prod/a.ini": "web1\n"}
KINDS = {
    "an INI file": ({"inventories/prod": "[web]\nweb[1:3]\n"}, ["web1", "web2", "web3"]),
    "an INI file with its ending": ({"inventories/prod.ini": "web1\n"}, ["web1"]),
    "a YAML file": ({"inventories/prod.yml": "all: {hosts: {b: , a: }}\n"}, ["b", "a"]),
    "a directory": (
        {"inventories/prod/1.ini": "[w]\nx\n", "inventories/prod/2.yml": "w: {hosts: {y: }}\n"},
        ["x", "y"],
    ),
    "a script": ({"inventories/prod/hosts.sh": SCRIPT}, ["dyn1", "dyn2"]),
    "a plugin": (
        {"inventories/prod/grown.yml": GENERATOR},
        ["g1", "g2"],
    ),
}


@pytest.mark.parametrize(("files", "expected"), KINDS.values(), ids=KINDS)
def test_hosts_come_from(files, expected, tmp_path):
    assert names(write(tmp_path, files)) == expected


def test_variables_follow_ansibles_precedence(tmp_path):
    project = write(
        tmp_path,
        {
            "inventories/prod/hosts.ini": "[web]\nweb1 c=host\n[web:vars]\nb=inline\n",
            "inventories/prod/group_vars/all.yml": "a: all\nb: all\nc: all\nd: all\n",
            "inventories/prod/group_vars/web/main.yml": "b: group\nc: group\nd: group\n",
            "inventories/prod/host_vars/web1.yml": "d: host\n",
        },
    )
    found = open_inventory(project).hosts[0].variables
    assert [found[name] for name in "abcd"] == ["all", "group", "host", "host"]


def test_the_same_process_sees_a_variable_file_that_came_later(tmp_path):
    project = write(tmp_path, {"inventories/prod/hosts.ini": "web1\n"})
    open_inventory(project)
    write(project, {"inventories/prod/group_vars/all.yml": "a: new\n"})
    assert open_inventory(project).hosts[0].variables["a"] == "new"


PATTERNS = {
    "web": ["web1", "web2", "web3"],
    "web,db": ["web1", "web2", "web3", "db1"],
    "web:!web2": ["web1", "web3"],
    "web:&north": ["web1", "web2"],
    "web*": ["web1", "web2", "web3"],
    "~web[13]": ["web1", "web3"],
    "web[0]": ["web1"],
    "web[1:]": ["web2", "web3"],
    "!north": ["web3", "db1"],
    "all:!gone*": ["web1", "web2", "web3", "db1"],
}
FLEET = {"inventories/prod": "[web]\nweb1\nweb2\nweb3\n[north]\nweb1\nweb2\n[empty]\n[db]\ndb1\n"}


@pytest.mark.parametrize(("pattern", "expected"), PATTERNS.items())
def test_a_limit_is_a_host_pattern(pattern, expected, tmp_path):
    assert names(write(tmp_path, FLEET), pattern) == expected


def test_a_limit_may_be_a_file_of_names(tmp_path):
    project = write(tmp_path, {**FLEET, "retry": "web2\ndb1\n"})
    assert names(project, f"@{project}/retry") == ["web2", "db1"]


REFUSED = {
    "no such environment": ({}, None, "inventory-not-found", "inventories/prod"),
    "broken YAML": (
        {"inventories/prod/hosts.yml": "all:\n  hosts:\n   a: {\n"},
        None,
        "inventory-invalid",
        "hosts.yml:",
    ),
    "broken INI": ({"inventories/prod": "[web\nweb1\n"}, None, "inventory-invalid", "inventories/prod"),
    "a script that fails": ({"inventories/prod/x.sh": "#!/bin/sh\nexit 3\n"}, None, "inventory-invalid", "x.sh"),
    "a script that says why": (
        {"inventories/prod/x.sh": "#!/bin/sh\necho the cloud is away >&2\nexit 3\n"},
        None,
        "inventory-invalid",
        "the cloud is away",
    ),
    "a broken file beside a good one": (
        ONE_HOST | {"inventories/prod/b.ini": "[x\n"},
        None,
        "inventory-invalid",
        "b.ini",
    ),
    "broken variables": (
        ONE_HOST | {"inventories/prod/group_vars/all.yml": "a: [\n"},
        None,
        "inventory-invalid",
        "group_vars/all.yml:",
    ),
    "no hosts": ({"inventories/prod": "[web]\n"}, None, "inventory-empty", "names no host"),
    "a misspelled name": (FLEET, "web1,wbe2", "limit-matches-nothing", "'wbe2'"),
    "a misspelled exclusion": (FLEET, "web:!wbe2", "limit-matches-nothing", "'wbe2'"),
    "an empty group": (FLEET, "empty", "group-empty", "'empty'"),
    "a pattern for nobody": (FLEET, "x*", "limit-matches-nothing", "'x*'"),
    "a host name that is a path": (
        {"inventories/prod.yml": "all: {hosts: {../x: }}\n"},
        None,
        "host-name-invalid",
        "../x",
    ),
    "a host name that is an option": (
        {"inventories/prod.yml": "all: {hosts: {-oProxy: }}\n"},
        None,
        "host-name-invalid",
        "-oProxy",
    ),
}


@pytest.mark.parametrize(("files", "limit", "code", "text"), REFUSED.values(), ids=REFUSED)
def test_refused_is(files, limit, code, text, tmp_path):
    with pytest.raises(SafedeployError) as caught:
        open_inventory(write(tmp_path, files), limit)
    assert (caught.value.code, text in caught.value.what) == (code, True), caught.value.what
    assert caught.value.next_step


def test_a_misspelled_environment_is_told_the_nearest_one(tmp_path):
    write(tmp_path, {"inventories/production/hosts": "a\n", "inventories/staging": "b\n"})
    with pytest.raises(SafedeployError) as caught:
        load(tmp_path, Policy(environment="prodution", inventory="inventories/prodution"))
    assert "production" in caught.value.next_step


def test_plugins_of_the_project_are_used_and_may_print(tmp_path, capfd):
    plugin = "class FilterModule:\n    def filters(self):\n        return {'loud': self.loud}\n"
    plugin += "    def loud(self, text):\n        print('printed')\n        return text.upper()\n"
    files = {
        "filter_plugins/loud.py": plugin,
        "templates/a.j2": "{{ 'x' | loud }}\n",
        "inventories/prod/hosts.ini": "web1\n",
        "inventories/prod/group_vars/all.yml": "safedeploy_files: [{template: a.j2, dest: a}]\n",
    }
    tree = rendered(write(tmp_path, files))["web1"]
    assert content(tree, "/etc/apache2/a") == "X\n"
    assert capfd.readouterr().out == ""


def test_variables_beside_a_playbook_do_not_count(tmp_path):
    write(tmp_path, {"inventories/prod/hosts.ini": "web1\n", "group_vars/all.yml": "a: 1\n"})
    assert "a" not in open_inventory(tmp_path).hosts[0].variables


def test_nothing_reaches_standard_output_or_error(tmp_path, capfd):
    files = {"inventories/prod/hosts.ini": "web1\n", "inventories/prod/group_vars/all.yml": "port: 1\na: 1\na: 2\n"}
    inventory = load(write(tmp_path, files), PROD)
    assert capfd.readouterr() == ("", "")
    assert any("reserved" in text for text in inventory.warnings)
