"""Each rule beside what it must find and what it must leave alone: one change of a small configuration at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from safedeploy_host.effective import concerns

from tests.unit.agent_effective.lines import IN_A_VIRTUAL_HOST
from tests.unit.agent_effective.written import MODULES, written

if TYPE_CHECKING:
    Json = dict[str, Any]
SITE = {"server_root": "/etc/httpd", "httpd": {"address": "127.0.0.1"}}
BASE = """
<VirtualHost *:80>
    ServerName www.test
    {inside}
</VirtualHost>
"""


def raised(before: str, after: str, *, modules: tuple[str, ...] = MODULES) -> list[tuple[str, str]]:
    """(severity, kind) of everything that is found in a change of text."""
    found = concerns.concerns(SITE, written(before, modules=modules), written(after, modules=modules), {})
    return [(one["severity"], one["kind"]) for one in found]


def inside(*lines: str) -> str:
    return BASE.format(inside="\n    ".join(lines))


@pytest.mark.parametrize(("kind", "wrong", "right"), IN_A_VIRTUAL_HOST)
def test_a_new_line_that_cannot_do_what_it_says_is_an_error(kind: str, wrong: list[str], right: list[str]) -> None:
    assert ("error", kind) in raised(inside(), inside(*wrong))
    assert [one for one in raised(inside(), inside(*right)) if one[0] == "error"] == []


@pytest.mark.parametrize(("kind", "wrong", "right"), IN_A_VIRTUAL_HOST)
def test_what_live_does_already_is_no_news(kind: str, wrong: list[str], right: list[str]) -> None:
    assert raised(inside(*wrong), inside(*wrong, "# another line", "Timeout 30")) == []


def test_a_line_that_another_change_robs_of_its_effect_is_a_warning() -> None:
    alias = "Alias /tmp /tmp"

    assert raised(inside(alias), inside(alias, "ProxyPass / http://10.0.0.9:9/")) == [
        ("warning", "line-without-effect")
    ]


def test_an_exception_that_slips_behind_what_it_excepts_is_an_error_though_no_word_changed() -> None:
    lines = ["ProxyPass /static/ !", "ProxyPass / http://10.0.0.9:9/"]

    assert raised(inside(*lines), inside(*reversed(lines))) == [("error", "line-without-effect")]


def test_opening_what_was_protected_is_an_error_though_the_protecting_line_is_old() -> None:
    before = ["<Location /private>", "Require ip 10.0.0.0/8", "</Location>"]
    after = ["<Location /private>", "Require ip 10.0.0.0/8", "Require all granted", "</Location>"]

    assert raised(inside(*before), inside(*after)) == [("error", "protection-without-effect")]


@pytest.mark.parametrize(
    "line", ["RewriteRule ^/xmlrpc - [F]", "AllowEncodedSlashes NoDecode"], ids=["rewrite", "encoded slashes"]
)
def test_a_line_of_the_main_server_that_virtual_hosts_do_not_inherit_has_no_effect(line: str) -> None:
    before = "RewriteEngine On\n" + inside()

    assert raised(before, f"{line}\n{before}") == [("error", "not-inherited")]


@pytest.mark.parametrize(
    "text",
    [
        "RewriteEngine On\nRewriteOptions InheritDown\nRewriteRule ^/x - [F]\n" + inside(),
        "RewriteEngine On\nRewriteRule ^/x - [F]\n" + inside("RewriteOptions Inherit"),
        "RewriteEngine On\nRewriteRule ^/x - [F]\n" + inside("RewriteRule ^/x - [F]"),
        "Listen 80\nListen 8080\nRewriteEngine On\nRewriteRule ^/x - [F]\n" + inside(),
        "AllowEncodedSlashes NoDecode\n" + inside("AllowEncodedSlashes NoDecode"),
    ],
    ids=["inherited down", "inherited", "repeated", "a port of the main server's own", "set where it counts"],
)
def test_a_line_of_the_main_server_that_counts_somewhere_is_left_alone(text: str) -> None:
    listen = "Listen 80\nListen 8080\n" if "8080" in text else ""

    assert raised(listen + "RewriteEngine On\n" + inside(), text) == []


def test_a_map_of_the_main_server_is_not_there_in_a_virtual_host() -> None:
    rule = "RewriteRule ^/(.*) /${low:$1} [R]"
    before = "RewriteEngine On\nRewriteMap low int:tolower\n"

    assert raised(before + inside(), before + inside(rule)) == [("error", "not-inherited")]
    assert raised(before + inside(), before + inside("RewriteMap low int:tolower", rule)) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mod_headers", "mod_headers.c"),
        ("mod_rewrit.c", "mod_rewrite.c"),
        ("headers.c", "mod_headers.c"),
        ("hedaers_module", "headers_module"),
        ("!mod_rewrit.c", "!mod_rewrite.c"),
        ("mpm_event.c", "mpm_event_module"),
    ],
)
def test_a_condition_that_names_no_module_is_an_error_when_a_loaded_one_was_meant(name: str, meant: str) -> None:
    live, candidate = written(inside()), written(inside())
    candidate["reads"]["conditions"] = [_condition(name)]

    (found,) = concerns.concerns(SITE, live, candidate, {})

    assert (found["severity"], found["kind"]) == ("error", "condition-misspelled")
    assert meant in found["next"]


@pytest.mark.parametrize(
    "name",
    [
        "mod_headers.c",
        "headers_module",
        "mod_php7.c",
        "!mod_nonexistent.c",
        "prefork.c",
        "event.c",
        "core.c",
        "mod_fcgid.c",
    ],
)
def test_a_condition_for_a_module_that_is_not_here_is_left_alone(name: str) -> None:
    live, candidate = written(inside()), written(inside())
    candidate["reads"]["conditions"] = [_condition(name)]

    assert concerns.concerns(SITE, live, candidate, {}) == []


def _condition(name: str) -> Json:
    return {"kind": "ifmodule", "name": name, "file": "/etc/httpd/a.conf", "line": 3, "holds": False}


def test_files_and_urls_that_are_mixed_up_are_seen(tmp_path: Path) -> None:
    root = tmp_path / "htdocs"
    (root / "private").mkdir(parents=True)
    before = ["DocumentRoot " + str(root)]
    section = ["<{0} {1}>", "Require all denied", "</{0}>"]

    def changed(kind: str, path: object) -> list[tuple[str, str]]:
        lines = [line.format(kind, path) for line in section]
        return raised(inside(*before), inside(*before, *lines))

    assert changed("Directory", "/private") == [("error", "section-never-matches")]
    assert changed("Location", root / "private") == [("error", "section-never-matches")]
    assert changed("DirectoryMatch", r'"^/\.(git|svn)"') == [("error", "section-never-matches")]
    assert changed("Directory", root / "private") == []
    assert changed("Location", "/private") == []
    assert changed("DirectoryMatch", r'"/\.(git|svn)"') == []
    assert changed("DirectoryMatch", f'"^{root}/p"') == []


def test_an_alias_that_glues_two_names_together_is_seen(tmp_path: Path) -> None:
    assert raised(inside(), inside(f"Alias /docs/ {tmp_path}")) == [("error", "alias-slash")]
    assert raised(inside(), inside(f"Alias /docs/ {tmp_path}/", f"Alias /d {tmp_path}/")) == []


def test_a_test_for_a_file_in_a_virtual_host_that_serves_files_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    start = [f"DocumentRoot {tmp_path}", "RewriteEngine On"]
    rule = "RewriteRule ^/(.*) /index.html [L]"

    wrong = inside(*start, "RewriteCond %{REQUEST_FILENAME} !-f", rule)
    right = inside(*start, "RewriteCond %{DOCUMENT_ROOT}%{REQUEST_FILENAME} !-f", rule)

    assert raised(inside(*start), wrong) == [("error", "rewrite-file-test")]
    assert raised(inside(*start), right) == []


def test_a_file_of_logins_that_is_not_there_is_an_error_wherever_it_is(tmp_path: Path) -> None:
    (tmp_path / "users").write_text("alice:x\n")
    assert raised(inside(), inside(f"AuthUserFile {tmp_path}/users")) == []
    assert raised(inside(), inside(f"AuthUserFile {tmp_path}/elsewhere/people")) == [("error", "path-missing")]
    assert raised(inside(), inside("AuthGroupFile conf/no-such-groups")) == [("error", "path-missing")]


def test_a_missing_path_is_a_warning_unless_it_looks_like_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "htdocs").mkdir()

    assert raised(inside(), inside(f"Alias /a {tmp_path}/later")) == [("warning", "path-missing")]
    assert raised(inside(), inside(f"Alias /a {tmp_path}/htdoc")) == [("error", "path-missing")]


def test_a_path_that_looks_like_another_site_s_may_come_later(tmp_path: Path) -> None:
    (tmp_path / "site-a").mkdir()
    first = f"Alias /a {tmp_path}/site-a"

    assert raised(inside(first), inside(first, f"Alias /b {tmp_path}/site-b")) == [("warning", "path-missing")]


def test_a_path_that_the_change_itself_brings_is_there(tmp_path: Path) -> None:
    live, candidate = written(inside()), written(inside(f"Alias /a {tmp_path}/new"))
    changes = {f"{tmp_path}/new/index.html": {"kind": "file"}}

    assert concerns.concerns(SITE, live, candidate, changes) == []
