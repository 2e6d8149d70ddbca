"""This repository as a project: the lab's hosts render from the same templates in both modes of a lab."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from safedeploy.adapters import settings
from safedeploy.adapters.ansible import inventory
from safedeploy.adapters.ansible.inventory import VaultOptions
from safedeploy.adapters.ansible.render import Renderer
from safedeploy.lab import inventory as lab_inventory
from safedeploy.lab import sites
from safedeploy.lab.host import LabHost, Layout

CHECKOUT = Path(__file__).resolve().parents[3]
ELSEWHERE = "/somewhere/lab/web2"
HOSTS = {
    "namespaces": LabHost(name="web1", address="198.18.0.11", layout=Layout()),
    "loopback": LabHost(
        name="web2",
        address="127.0.0.1",
        ssh_port=40001,
        http_port=40002,
        https_port=40003,
        backend_port=40004,
        user="nobody",
        layout=Layout.under(ELSEWHERE),
    ),
}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Both hosts, rendered from a copy of the project whose inventory script is replaced by its answer."""
    project = tmp_path_factory.mktemp("project")
    shutil.copytree(CHECKOUT / "templates", project / "templates")
    shutil.copytree(CHECKOUT / "inventories/lab/group_vars", project / "inventories/lab/group_vars")
    shutil.copy(CHECKOUT / "safedeploy.yml", project)
    answer = lab_inventory.document(HOSTS.values(), project)
    (project / "inventories/lab/hosts.json").write_text(json.dumps(answer))
    policy = settings.load(project).policy("lab")
    found = inventory.load(project, policy, limit=None, vault=VaultOptions())
    renderer = Renderer(project, policy, found)
    by_name = {host.name: renderer.render(host) for host in found.hosts}
    return {mode: by_name[host.name] for mode, host in HOSTS.items()}


def text(rendered, path: str) -> str:
    return rendered.tree.content[rendered.tree.entries[path].sha256].decode()


def test_a_host_in_namespaces_gets_the_real_places_and_ports(rendered):
    site = text(rendered["namespaces"], "/etc/apache2/sites-available/www.conf")
    assert "<VirtualHost *:443>" in site
    assert 'DocumentRoot "/var/www/www"' in site
    assert '"https://www.lab.test$1"' in site


def test_a_host_on_loopback_ports_gets_its_own_places_and_ports(rendered):
    site = text(rendered["loopback"], f"{ELSEWHERE}/etc/apache2/sites-available/www.conf")
    assert "<VirtualHost *:40003>" in site
    assert f'DocumentRoot "{ELSEWHERE}/var/www/www"' in site
    assert '"https://www.lab.test:40003$1"' in site


def test_nothing_of_a_host_on_loopback_ports_is_shared(rendered):
    host = rendered["loopback"]
    assert {path for path in host.tree.entries if not path.startswith(f"{ELSEWHERE}/")} == set()
    assert "Listen" not in "".join(data.decode() for data in host.tree.content.values())


@pytest.mark.parametrize("mode", HOSTS)
def test_every_hand_made_file_is_taken_over(rendered, mode):
    host = HOSTS[mode]
    taken = {f"{host.layout.server_root}/sites-available/{name}" for name in sites.site_files(host)}
    assert taken | {f"{host.layout.www_root}/app/.htaccess"} <= set(rendered[mode].tree.entries)


@pytest.mark.parametrize("mode", HOSTS)
def test_every_site_is_checked_on_the_host_and_from_outside(rendered, mode):
    for checks in (rendered[mode].health, rendered[mode].controller_health):
        urls = " ".join(check["url"] for check in checks)
        assert [name for name in ("www", "app", "api") if f"//{name}.lab.test:" not in urls] == []
