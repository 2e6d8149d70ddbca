"""What is known of directives and modules agrees with the httpd that is installed here."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest

from safedeploy.core.debian_modules import DEBIAN_MODULES
from safedeploy.lint.knowledge import directives, modules
from safedeploy.lint.knowledge.packaged import read
from scripts.module_commands import modules as modules_in

BINARY = Path("/usr/sbin/apache2")
OWN = Path("/usr/lib/apache2/modules")


@pytest.fixture(scope="module")
def tables():
    """The modules that the program and the package's shared objects hold."""
    return [module for path in (BINARY, *sorted(OWN.glob("mod_*.so"))) for module in modules_in(path)]


@pytest.mark.apache
def test_the_tables_read_from_the_files_are_what_httpd_itself_lists(tables, tmp_path):
    loaded = ("mpm_event", "ssl", "proxy", "headers", "rewrite", "authz_core", "access_compat", "mime", "setenvif")
    lines = [f"DefaultRuntimeDir {tmp_path}", f"ErrorLog {tmp_path}/error", "ServerName www.example.test"]
    lines += [f"LoadModule {name}_module {OWN}/mod_{name}.so" for name in loaded]
    (tmp_path / "httpd.conf").write_text("\n".join(lines))
    said = subprocess.run([BINARY, "-f", tmp_path / "httpd.conf", "-L"], check=True, capture_output=True, text=True)
    listed = set(re.findall(r"^(\S+) \((\S+)\)$", said.stdout, re.MULTILINE))
    sources = {source for _, source in listed}
    assert {"mod_ssl.c", "event.c", "core.c"} <= sources
    assert listed == {
        (command.name, module.source) for module in tables if module.source in sources for command in module.commands
    }


@pytest.mark.apache
def test_every_directive_of_the_installed_httpd_is_known_with_its_module(tables):
    missing = [
        f"{command.name} of {module.symbol}"
        for module in tables
        if modules.find(module.symbol) is not None
        for command in module.commands
        if module.symbol not in (directives.providers(command.name) or ())
    ]
    assert missing == []


@pytest.mark.apache
def test_every_directive_is_known_with_what_lets_it_into_htaccess(tables):
    classes = {1: "Limit", 2: "Options", 4: "FileInfo", 8: "AuthConfig", 16: "Indexes"}
    wrong = []
    for module in tables:
        for command in module.commands if modules.find(module.symbol) else ():
            known = directives.find(command.name.strip("<"), section=command.name.startswith("<"))
            wrong += [
                (command.name, name)
                for bit, name in classes.items()
                if command.allowed & bit and name not in known.overrides
            ]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("ProxyPass", {"server", "vhost", "location", "proxy"}),
        ("Listen", {"server"}),
        ("DocumentRoot", {"server", "vhost"}),
        ("Require", {"directory", "location", "files", "if", "proxy", "limit"}),
        ("Alias", {"server", "vhost", "location", "proxy"}),
    ],
)
def test_where_a_directive_may_stand_is_what_httpd_itself_accepts(name, places):
    assert directives.find(name).places == places


def test_a_section_and_a_directive_of_one_name_are_told_apart():
    assert directives.find("Proxy") is None
    assert directives.find("proxy", section=True).shown == "<Proxy>"


def test_directives_of_packages_from_elsewhere_are_known_with_their_module():
    assert directives.providers("php_value") == ("php_module",)
    assert directives.providers("SecRuleEngine") == ("security2_module",)
    assert directives.providers("WSGIScriptAlias") == ("wsgi_module",)


def test_a_directive_knows_since_when_it_exists_and_where_it_is_described():
    known = directives.find("MergeSlashes")
    assert known.since == (2, 4, 39)
    assert known.manual == "https://httpd.apache.org/docs/2.4/mod/core.html#mergeslashes"


@pytest.mark.parametrize(("wrong", "right"), [("DocumnetRoot", "DocumentRoot"), ("RewriteCondition", "RewriteCond")])
def test_a_misspelled_name_finds_the_one_that_was_meant(wrong, right):
    assert directives.similar(wrong) == right


def test_a_misspelled_section_finds_a_section():
    assert directives.similar("IfModul", section=True) == "<IfModule>"


def test_what_a_version_has_removed_httpd_does_not_know_and_what_is_only_old_it_does():
    # httpd knows these by name to say that they are gone.
    refused = {"port", "fancyindexing", "ssllog", "sslloglevel"}
    for name, entry in read("history.toml").items():
        assert (name not in read("directives.json") or name in refused) is ("removed" in entry), name


def test_a_directive_of_the_past_has_a_successor():
    assert directives.past("RewriteLog").removed == "2.4"
    assert "LogLevel" in directives.past("rewritelog").instead
    assert directives.past("DocumentRoot") is None


def test_modules_are_enabled_under_the_names_that_the_layout_has():
    own = {module.enable for module in modules.modules() if module.package == "apache2" and module.enable}
    assert own == set(DEBIAN_MODULES)


def test_what_to_do_for_a_module_names_its_package():
    assert modules.advice("expires_module") == ("enable it with `safedeploy_modules: [expires]` or `a2enmod expires`")
    assert modules.advice("security2_module").endswith("(package libapache2-mod-security2)")
    assert modules.advice("own_module") == "load own_module"


def test_the_data_is_read_in_no_time():
    read.cache_clear()
    began = time.perf_counter()
    directives.find("Listen")
    assert time.perf_counter() - began < 0.3


@pytest.mark.parametrize(
    ("name", "module"), [("AssignUserID", "mpm_itk_module"), ("ModPagespeedX", "pagespeed_module")]
)
def test_directives_of_modules_that_are_not_packaged_are_known_by_their_names(name, module):
    known = directives.find(name)
    assert known.modules == (module,)
    assert "server" in known.places


def test_what_is_known_by_name_alone_is_in_no_table_of_httpd():
    real = set(read("directives.json"))
    exact = {one.lower() for listed in read("elsewhere.toml").values() for one in listed if not one.endswith("*")}
    assert exact & real == set()
