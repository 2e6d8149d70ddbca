"""Directories of httpd, roots of hosts and single files: what is read, and how it is named."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from safedeploy.core.errors import ExitCode
from tests.integration.lint.conftest import SLASH

pytestmark = pytest.mark.apache


def test_the_package_as_it_comes_has_no_error(lint):
    done = lint("/etc/apache2", "--profile", "minimal")
    assert done.exit_code == ExitCode.OK, done.output
    assert "no findings in" in done.stdout


def test_all_that_the_package_has_enabled_at_once_has_no_error(server, lint):
    left_out = ("mpm_prefork.", "mpm_worker.", "cgi.")
    for kind in ("mods", "conf", "sites"):
        for file in (server / f"{kind}-available").iterdir():
            link = server / f"{kind}-enabled" / file.name
            if not file.name.startswith(left_out) and not link.exists():
                link.symlink_to(f"../{kind}-available/{file.name}")
    done = lint("apache2")
    assert done.exit_code == ExitCode.OK, done.output


def test_a_copy_is_read_as_if_it_lay_in_its_place_and_named_as_it_is(server, findings):
    (server / "conf-enabled/own.conf").write_text(f"Listen 80\n{SLASH}")
    assert findings("apache2") == [
        "apache2/conf-enabled/own.conf:1 duplicate-listen",
        "apache2/conf-enabled/own.conf:2 module-missing",
        "apache2/conf-enabled/own.conf:2 proxypass-slashes",
    ]


def test_what_a_whole_copy_lacks_does_not_exist(server, findings):
    text = "LoadModule ssl_module x.so\nSSLCertificateFile /etc/apache2/none.pem\nInclude none.conf\n"
    (server / "conf-enabled/own.conf").write_text(text)
    assert findings("apache2") == [
        "apache2/conf-enabled/own.conf:1 library-missing",
        "apache2/conf-enabled/own.conf:2 certificate-missing",
        "apache2/conf-enabled/own.conf:3 include-missing",
    ]


def test_what_a_part_of_a_copy_lacks_may_exist(server, findings):
    (server / "envvars").unlink()
    (server / "conf-enabled/own.conf").write_text("Include none.conf\n")
    assert findings("apache2") == []


def as_root(server, tmp_path, text):
    """The root of a host with the server's directory and a line of its own configuration."""
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    server.rename(root / "etc/apache2")
    (root / "etc/apache2/conf-enabled/own.conf").write_text(text)
    return root


def test_the_root_of_a_host_is_recognised_and_its_htaccess_files_are_read(server, findings, tmp_path):
    grant = "<Directory /var/www/html>\nAllowOverride Options\n</Directory>\nDocumentRoot /var/www/html\n"
    root = as_root(server, tmp_path, grant)
    (root / "var/www/html").mkdir(parents=True)
    (root / "var/www/html/.htaccess").write_text("Options -Indexes\n<Directory /x>\n</Directory>\n")
    assert findings("root") == ["root/var/www/html/.htaccess:2 htaccess-not-allowed"]


def test_the_programs_of_a_root_and_their_permissions_are_looked_at(server, findings, tmp_path):
    root = as_root(server, tmp_path, "ScriptAlias /programs/ /srv/programs/\n")
    programs = root / "srv/programs"
    programs.mkdir(parents=True)
    for name, mode in (("a.sh", 0o644), ("b.sh", 0o755)):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(mode)
    (root / "etc/apache2/mods-enabled/cgid.load").symlink_to("../mods-available/cgid.load")
    found = [one for one in findings("root") if one.endswith("cgi-not-executable")]
    assert found == ["root/etc/apache2/conf-enabled/own.conf:1 cgi-not-executable"]


def test_a_repository_below_a_document_root_is_found(server, findings, tmp_path):
    root = as_root(server, tmp_path, "")
    (root / "var/www/html/.git/objects").mkdir(parents=True)
    (root / "var/www/html/.git/config").write_text("[core]\n")
    (found,) = findings("root")
    assert found.endswith("repository-served")


def test_a_pattern_that_python_could_try_for_ever_does_not_keep_the_linter(server, findings, tmp_path):
    ban = '<FilesMatch "^(\\w+\\.?)+~$">\nRequire all denied\n</FilesMatch>\n'
    root = as_root(server, tmp_path, f"ScriptAlias /programs/ /srv/programs/\n{ban}RedirectMatch ^/(a+)+b$ /c\n")
    (root / "srv/programs").mkdir(parents=True)
    (root / "srv/programs" / ("a" * 200)).write_text("#!/bin/sh\n")
    began = time.monotonic()
    findings("root")
    assert time.monotonic() - began < 60


def test_one_file_is_read_with_the_configuration_above_it(server, findings):
    (server / "conf-enabled/a.conf").write_text("Listen 80\n")
    (server / "conf-enabled/b.conf").write_text("Listen 80\n")
    assert findings("apache2/conf-enabled/b.conf") == ["apache2/conf-enabled/b.conf:1 duplicate-listen"]


def test_a_file_that_the_configuration_does_not_include_is_read_by_itself(server, findings):
    (server / "sites-available/new.conf").write_text("MaxClients 5\n")
    assert findings("apache2/sites-available/new.conf") == ["apache2/sites-available/new.conf:1 outdated-directive"]


def test_a_file_without_a_configuration_is_read_by_itself_and_nothing_is_taken_for_granted(findings, tmp_path):
    (tmp_path / "snippet.conf").write_text(f"Require all granted\nExpiresActive On\nInclude none.conf\n{SLASH}")
    assert findings("snippet.conf") == ["snippet.conf:4 proxypass-slashes"]


def test_an_htaccess_is_read_as_one(findings, tmp_path):
    (tmp_path / ".htaccess").write_text("Require all granted\nDocumentRoot /srv\n")
    assert findings(".htaccess") == [".htaccess:2 htaccess-not-allowed"]


def test_a_directory_of_snippets_is_read_file_by_file(findings, tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/a.conf").write_text("MaxClients 5\n")
    (tmp_path / "parts/b.conf").write_text("</Directory>\n")
    assert findings("parts") == ["parts/a.conf:1 outdated-directive", "parts/b.conf:1 syntax-error"]


def test_links_are_not_followed_out_of_the_directory(server, findings, tmp_path):
    (tmp_path / "secret.conf").write_text("MaxClients 5\n")
    (server / "conf-enabled/own.conf").symlink_to(tmp_path / "secret.conf")
    assert findings("apache2") == []


@pytest.mark.parametrize("target", ["nowhere", "nowhere/x.conf"])
def test_what_does_not_exist_is_refused_with_the_next_step(lint, target):
    done = lint(target)
    assert done.exit_code == ExitCode.USAGE
    assert f"error[lint-nothing]: there is neither an environment nor a file '{target}'" in done.stderr


def test_nothing_named_without_a_project_is_refused(lint):
    assert "error[lint-nothing]" in lint().stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_directory_that_cannot_be_read_is_refused(lint, tmp_path):
    (tmp_path / "closed").mkdir(mode=0)
    assert "error[lint-unreadable]" in lint("closed").stderr


def test_a_pipe_in_the_directory_keeps_nobody_waiting(server, findings):
    os.mkfifo(server / "conf-enabled/own.conf")
    assert findings("apache2") == []


def test_settings_of_a_project_hold_for_directories_too(server, findings, tmp_path):
    (server / "conf-enabled/own.conf").write_text("MaxClients 5\n")
    Path(tmp_path / "safedeploy.yml").write_text("version: 1\ndefaults: {lint: {rules: {outdated-directive: off}}}\n")
    assert findings("apache2") == []
