"""`safedeploy init` makes a project that is complete, and leaves alone what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from safedeploy.adapters import settings
from safedeploy.adapters.ansible import inventory
from safedeploy.adapters.ansible.inventory import VaultOptions
from safedeploy.adapters.ansible.render import Renderer
from safedeploy.cli.main import app
from safedeploy.core.errors import ExitCode

RHEL = """\
all:
  children:
    web:
      children:
        redhat:
          hosts:
            web1.example.com:
"""


def run(*arguments: object):
    return CliRunner().invoke(app, ["init", *map(str, arguments)])


def rendered(project: Path):
    policy = settings.load(project).policy("prod")
    found = inventory.load(project, policy, limit=None, vault=VaultOptions())
    return {host.name: Renderer(project, policy, found).render(host) for host in found.hosts}


def test_a_new_project_renders_for_debian_without_an_edit(tmp_path):
    assert run(tmp_path).exit_code == 0
    tree = rendered(tmp_path)["web1.example.com"].tree
    assert {
        "/etc/apache2/sites-available/www.conf",
        "/etc/apache2/sites-enabled/www.conf",
        "/var/www/html/robots.txt",
    } <= set(tree.entries)


def test_a_new_project_renders_for_rhel_when_a_host_is_in_that_group(tmp_path):
    run(tmp_path)
    (tmp_path / "inventories/prod/hosts.yml").write_text(RHEL)
    host = rendered(tmp_path)["web1.example.com"]
    assert "/etc/httpd/conf.d/www.conf" in host.tree.entries
    text = host.tree.content[host.tree.entries["/etc/httpd/conf.d/www.conf"].sha256].decode()
    assert 'ErrorLog "logs/www-error.log"' in text
    assert "/etc/pki/tls/certs/www.example.com.pem" in text


def test_what_is_there_already_is_kept_and_listed(tmp_path):
    (tmp_path / "safedeploy.yml").write_text("mine")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "vhost.conf.j2").symlink_to("nowhere")
    done = run(tmp_path)
    assert done.exit_code == 0
    assert "kept  safedeploy.yml" in done.stdout
    assert "kept  templates/vhost.conf.j2" in done.stdout
    assert (tmp_path / "safedeploy.yml").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_second_time_writes_nothing(tmp_path):
    run(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    done = run(tmp_path)
    assert done.stdout.startswith("Nothing to write")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_the_next_steps_are_told(tmp_path):
    output = run(tmp_path / "web").stdout
    assert "safedeploy plan prod" in output
    assert f"cd {tmp_path / 'web'}" in output


@pytest.mark.parametrize("blocked", ["safedeploy.yml/x", "templates"])
def test_a_file_in_the_place_of_a_directory_is_an_error_that_names_it(tmp_path, blocked):
    target = tmp_path / "proj"
    target.mkdir()
    if blocked == "templates":
        (target / "templates").write_text("")
    else:
        target = target / "file"
        target.write_text("")
    done = run(target)
    assert done.exit_code == ExitCode.INVALID
    assert "error[init-cannot-write]" in done.stderr
    assert "is not a directory" in done.stderr or "Not a directory" in done.stderr
