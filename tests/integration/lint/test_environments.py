"""Environments: what is rendered is linted, and findings are in the templates. No host is asked for it."""

from __future__ import annotations

import json

import pytest
import yaml
from typer.testing import CliRunner

from safedeploy.cli.main import app
from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems

HOSTS = """\
web:
  children:
    debian:
      hosts:
        web1: {path: /one/}
        web2: {path: /two/}
        web3: {path: /three}
  vars:
    ansible_host: 127.0.0.1
    ansible_port: 1
"""


class Project:
    """A new project with three hosts, of which none can be reached."""

    def __init__(self, root):
        self.root = root
        assert self.run("init", root).exit_code == 0
        (root / "inventories/prod/hosts.yml").write_text(HOSTS)

    def run(self, *arguments):
        return CliRunner().invoke(app, [*map(str, arguments)])

    def lint(self, *arguments):
        return self.run("-C", self.root, "lint", "prod", *arguments)

    def findings(self, *arguments):
        document = json.loads(self.lint("--json", *arguments).stdout)
        assert document["failed"] == []
        return document["findings"]

    def extra(self, text, name="extra.conf.j2"):
        """Have a configuration file more, from a template."""
        (self.root / "templates" / name).write_text(text)
        files = [
            {"template": name, "dest": "conf-available/extra.conf"},
            {"link": "../conf-available/extra.conf", "dest": "conf-enabled/extra.conf"},
        ]
        self.variables(safedeploy_files_extra=files)

    def variables(self, **values):
        (self.root / "inventories/prod/group_vars/web.yml").write_text(yaml.safe_dump(values))

    def settings(self, **values):
        (self.root / "safedeploy.yml").write_text(yaml.safe_dump({"version": 1, "defaults": {"lint": values}}))


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path / "project")


def test_the_templates_of_a_new_project_have_no_finding(project):
    done = project.lint()
    assert done.exit_code == ExitCode.OK
    assert "no findings in 1 configuration of 3 hosts, " in done.stdout


def test_a_line_of_a_template_is_found_with_the_hosts_that_get_it(project):
    project.extra("{# first #}\n\nProxyPass {{ path }} http://127.0.0.1:9000\nMaxClients 5\n")
    one, two = project.findings()
    assert (one["file"], one["line"], one["column"]) == ("templates/extra.conf.j2", 3, None)
    assert (one["path"], one["path_line"]) == ("/etc/apache2/conf-available/extra.conf", 2)
    assert one["hosts"] == ["web1", "web2"]
    assert (two["rule"], two["line"], two["column"], two["hosts"]) == (
        "outdated-directive",
        4,
        1,
        ["web1", "web2", "web3"],
    )


def test_what_a_loop_gives_is_one_finding(project):
    project.extra("{% for name in 'abc' %}\nProxyPass /{{ name }}/ http://127.0.0.1:9000\n{% endfor %}\n")
    (one,) = project.findings()
    assert one["line"] == 2


def test_equal_lines_are_told_apart_by_their_number(project):
    project.extra("Listen 81\n# {{ path }}\nListen 81\n")
    (one,) = project.findings()
    assert (one["rule"], one["line"]) == ("duplicate-listen", 3)


def test_a_static_file_has_its_own_line(project):
    (project.root / "files/extra.conf").write_text("\n\nMaxClients 5\n")
    project.variables(safedeploy_files_extra=[{"static": "files/extra.conf", "dest": "conf-enabled/extra.conf"}])
    (one,) = project.findings()
    assert (one["file"], one["line"], one["column"]) == ("files/extra.conf", 3, 1)


def test_a_module_of_a_link_is_known_to_be_loaded(project):
    project.extra("<IfModule !mod_proxy.c>\nMaxClients 5\n</IfModule>\n")
    assert [one["severity"] for one in project.findings()] == ["info"]


def test_only_the_hosts_of_the_limit_are_looked_at(project):
    project.extra("ProxyPass {{ path }} http://127.0.0.1:9000\n")
    (one,) = project.findings("--limit", "web1:web3")
    assert one["hosts"] == ["web1"]


def test_a_secret_is_masked(project):
    project.extra("ProxyPass /{{ pw }}/ http://127.0.0.1:9000\n")
    variables = yaml.safe_load((project.root / "inventories/prod/group_vars/web.yml").read_text())
    project.variables(**variables, pw="correct-horse", safedeploy_secrets=["pw"])
    text = project.lint()
    assert "proxypass-slashes" in text.stdout
    for done in (text, project.lint("--json"), project.lint("--sarif", "lint.sarif"), project.lint("--github")):
        assert "correct-horse" not in done.output
    assert "correct-horse" not in (project.root.parent / "lint.sarif").read_text()


def test_the_document_is_as_documented(project):
    project.extra("ProxyPass {{ path }} http://127.0.0.1:9000\nListen 81\nListen 81\n")
    document = json.loads(project.lint("--json").stdout)
    assert problems(document, "safedeploy-lint") == []


def test_the_settings_of_the_environment_hold(project):
    project.extra("MaxClients 5\nProxyPass {{ path }} http://127.0.0.1:9000\n")
    project.settings(rules={"outdated-directive": False, "proxypass-slashes": "warning"}, fail_on="warning")
    done = project.lint()
    assert done.exit_code == ExitCode.REFUSED
    assert "warning[proxypass-slashes]" in done.stdout
    assert "outdated-directive" not in done.stdout


def test_corrections_are_refused_for_templates(project):
    done = project.lint("--fix")
    assert done.exit_code == ExitCode.USAGE
    assert "error[fix-needs-files]" in done.stderr


@pytest.mark.parametrize("command", [("plan",), ("check",), ("push", "--yes")])
def test_an_error_refuses_before_any_host_is_asked(project, command):
    project.extra("ProxyPass {{ path }} http://127.0.0.1:9000\n")
    done = project.run("-C", project.root, command[0], "prod", *command[1:])
    assert done.exit_code == ExitCode.REFUSED
    assert "templates/extra.conf.j2:1: error[proxypass-slashes]" in done.stderr
    assert "error[lint-refused]: the linter found 1 error: templates/extra.conf.j2:1" in done.stderr
    assert "Nothing was changed on any host." in done.stderr
    assert "observe:" not in done.stderr


@pytest.mark.parametrize("command", ["plan", "check"])
def test_the_stage_can_be_left_out(project, command):
    project.extra("ProxyPass {{ path }} http://127.0.0.1:9000\n")
    done = project.run("-C", project.root, command, "prod", "--no-lint")
    assert done.exit_code == ExitCode.UNREACHABLE
    assert "lint" not in done.stderr


def test_what_does_not_refuse_is_told_in_a_line(project):
    project.extra("ProxyPass /app http://127.0.0.1:9000/\n")
    done = project.run("-C", project.root, "plan", "prod")
    assert done.exit_code == ExitCode.UNREACHABLE
    assert (
        "lint: 1 warning: proxypass-slashes at templates/extra.conf.j2:1:1; `safedeploy lint prod` shows all"
        in done.stderr
    )


def test_rules_and_explain_are_as_documented(project):
    for words, name in ((["rules"], "rules"), (["explain", "AH00526"], "explain"), (["explain", "Listen"], "explain")):
        document = json.loads(project.run(*words, "--json").stdout)
        assert problems(document, f"safedeploy-{name}") == []


def test_what_cannot_be_explained_says_what_was_meant(project):
    done = project.run("explain", "open-proxi")
    assert done.exit_code == ExitCode.USAGE
    assert "did you mean open-proxy?" in done.stderr
