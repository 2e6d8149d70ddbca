"""What `safedeploy_files` and its neighbours make of a host, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from safedeploy.core.errors import SafedeployError
from safedeploy.core.policy import Policy
from safedeploy.core.tree import Kind
from tests.unit.inventory.project import content, rendered, write

BASE = {"inventories/prod/hosts.ini": "web1\n", "templates/a.j2": "{{ item | default('x') }}\n", "files/f": "f\n"}


def tree(project, variables, more=None, policy=None):
    write(project, BASE | {"inventories/prod/group_vars/all.yml": variables} | (more or {}))
    return rendered(project, *([policy] if policy else []))["web1"]


def shown(item):
    """{path: (kind, content or target, mode, owner)} of a rendered host."""
    return {
        path: content(item, path) if entry.kind is Kind.FILE else (entry.target or "absent")
        for path, entry in item.tree.entries.items()
    }


CASES = {
    "a template": ("[{template: a.j2, dest: a.conf}]", {"/etc/apache2/a.conf": "x\n"}),
    "a template, one for each item": (
        "[{template: a.j2, dest: '{{ item }}.conf', loop: [p, q]}]",
        {"/etc/apache2/p.conf": "p\n", "/etc/apache2/q.conf": "q\n"},
    ),
    "an empty loop": ("[{template: a.j2, dest: a, loop: '{{ none_of_them | default([]) }}'}]", {}),
    "a static file": ("[{static: f, dest: /var/www/f}]", {"/var/www/f": "f\n"}),
    "a static file with its folder": ("[{static: files/f, dest: /var/www/}]", {"/var/www/f": "f\n"}),
    "a template into a directory": ("[{template: a.j2, dest: conf/}]", {"/etc/apache2/conf/a": "x\n"}),
    "a link": ("[{link: ../x, dest: y/z}]", {"/etc/apache2/y/z": "../x"}),
    "an absence": ("[{absent: true, dest: y}]", {"/etc/apache2/y": "absent"}),
    "conditions": (
        "[{static: f, dest: 'yes', when: 1 < 2}, {static: f, dest: 'no', when: [true, 1 > 2]}]",
        {"/etc/apache2/yes": "f\n"},
    ),
    "a condition on the item": (
        "[{static: f, dest: '{{ item }}', loop: [1, 2, 3], when: item is odd}]",
        {"/etc/apache2/1": "f\n", "/etc/apache2/3": "f\n"},
    ),
    "a list that is made by a template": ('\'{{ [{"static": "f", "dest": "a"}] + [] }}\'', {"/etc/apache2/a": "f\n"}),
    "the same thing twice": ("[{static: f, dest: a}, {static: f, dest: a}]", {"/etc/apache2/a": "f\n"}),
    "a dotted path": ("[{static: f, dest: ./a//b}]", {"/etc/apache2/a/b": "f\n"}),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_a_tree_of(files, expected, tmp_path):
    assert shown(tree(tmp_path, f"safedeploy_files: {files}\n")) == expected


def test_a_directory_is_copied_with_all_that_is_in_it(tmp_path):
    more = {"files/site/index.html": "i", "files/site/css/a.css": "a"}
    (tmp_path / "files/site").mkdir(parents=True)
    (tmp_path / "files/site/again.html").symlink_to("index.html")
    item = tree(tmp_path, "safedeploy_files: [{static: site/, dest: /var/www/html}]\n", more)
    assert shown(item) == {
        "/var/www/html/index.html": "i",
        "/var/www/html/css/a.css": "a",
        "/var/www/html/again.html": "i",
    }


def test_binary_content_stays_as_it_is(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/logo.png").write_bytes(bytes(range(256)))
    item = tree(tmp_path, "safedeploy_files: [{static: logo.png, dest: /var/www/logo.png}]\n")
    assert item.tree.content[item.tree.entries["/var/www/logo.png"].sha256] == bytes(range(256))


def test_declarations_of_several_variables_come_together(tmp_path):
    item = tree(
        tmp_path,
        "safedeploy_files: [{static: f, dest: a}]\nsafedeploy_files_tls: [{static: f, dest: c}]\n"
        "safedeploy_files_base: [{static: f, dest: b}]\nsafedeploy_files_none: null\n",
    )
    assert list(item.tree.origin.values()) == [
        "f (safedeploy_files[0])",
        "f (safedeploy_files_base[0])",
        "f (safedeploy_files_tls[0])",
    ]


def attributes(item, path):
    entry = item.tree.entries[path]
    return entry.mode, entry.owner, entry.group


OWNERS = {
    "": ("0644", "root", "root"),
    "ansible_user: deploy": ("0644", "deploy", "deploy"),
    "ansible_user: deploy\nansible_become: true": ("0644", "root", "root"),
    "ansible_user: deploy\nansible_become: true\nansible_become_user: web": ("0644", "web", "web"),
}


@pytest.mark.parametrize(("variables", "expected"), OWNERS.items())
def test_files_belong_to_whoever_the_agent_runs_as(variables, expected, tmp_path):
    user = "" if "ansible_user" in variables else "ansible_user: root\n"
    item = tree(tmp_path, f"{user}{variables}\nsafedeploy_files: [{{static: f, dest: a}}]\n")
    assert attributes(item, "/etc/apache2/a") == expected


def test_mode_and_owner_are_what_the_entry_says(tmp_path):
    item = tree(
        tmp_path,
        "safedeploy_files:\n- {static: f, dest: a, mode: '640', owner: u, group: g}\n"
        "- {static: f, dest: b, owner: u, mode: '{{ nothing | default(omit) }}'}\n"
        "- {static: cgi, dest: c, mode: preserve}\n",
        {"files/cgi": "#!/bin/sh\n"},
    )
    assert attributes(item, "/etc/apache2/a") == ("0640", "u", "g")
    assert attributes(item, "/etc/apache2/b") == ("0644", "u", "u")
    assert attributes(item, "/etc/apache2/c")[0] == "0755"


def test_sites_confs_and_modules_are_enabled_by_the_layout(tmp_path):
    item = tree(
        tmp_path, "safedeploy_sites: [www]\nsafedeploy_confs: ['{{ c }}']\nc: sec\nsafedeploy_modules: [rewrite]\n"
    )
    assert shown(item) == {
        "/etc/apache2/sites-enabled/www.conf": "../sites-available/www.conf",
        "/etc/apache2/conf-enabled/sec.conf": "../conf-available/sec.conf",
        "/etc/apache2/mods-enabled/rewrite.load": "../mods-available/rewrite.load",
    }


def test_the_site_is_the_layouts_with_the_hosts_overrides(tmp_path):
    item = tree(
        tmp_path,
        "safedeploy_layout: redhat\nsafedeploy_site: {server_root: '/srv/{{ inventory_hostname }}'}\n"
        "safedeploy_files: [{static: f, dest: conf.d/a}]\n",
    )
    assert item.site["server_root"] == "/srv/web1"
    assert list(item.tree.entries) == ["/srv/web1/conf.d/a"]


def test_health_checks_are_those_of_the_settings_and_of_the_host(tmp_path):
    policy = Policy(
        environment="prod",
        inventory="inventories/prod",
        health=({"name": "a", "url": "http://{{ inventory_hostname }}/"}, {"url": "http://x/b", "status": 204}),
        controller_health=({"url": "https://x/"}, {"url": "https://y/", "address": "{{ vip }}"}),
    )
    variables = (
        "vip: 10.9.9.9\nansible_host: 10.0.0.1\n"
        "safedeploy_health: [{name: a, url: http://own/, max_ms: '{{ 1000 * 2 }}'}]\n"
    )
    item = tree(tmp_path, variables, policy=policy)
    assert item.health == [
        {"name": "a", "url": "http://own/", "max_ms": 2000},
        {"name": "http://x/b", "url": "http://x/b", "status": [204]},
    ]
    assert [check["address"] for check in item.controller_health] == ["10.0.0.1", "10.9.9.9"]


REFUSED = yaml.safe_load((Path(__file__).parent / "refused.yml").read_text())


@pytest.mark.parametrize("case", REFUSED, ids=[case["variables"] for case in REFUSED])
def test_refused(case, tmp_path):
    with pytest.raises(SafedeployError) as caught:
        tree(tmp_path, case["variables"])
    assert (caught.value.code, case["text"] in caught.value.what) == (case["code"], True), caught.value.what
    assert caught.value.what.startswith("inventories/prod: host web1: ")
    assert caught.value.next_step


def test_a_check_that_holds_a_secret_is_marked_and_does_not_name_it(tmp_path):
    item = tree(
        tmp_path,
        "pin: sesame-7\nsafedeploy_secrets: [pin]\nsafedeploy_files: []\nsafedeploy_health:\n"
        "  - {url: 'http://x/?{{ pin }}'}\n  - {url: 'http://x/', body: '{{ pin }}'}\n  - {url: 'http://y/'}\n",
    )
    first, second, third = item.health
    assert first == {"url": "http://x/?sesame-7", "name": "http://x/?********", "confidential": "http://x/?********"}
    assert (second["body"], second["confidential"]) == ("sesame-7", "http://x/")
    assert "confidential" not in third
