"""Which files are asked for: real ones of each kind, those beside an .htaccess, and those of the push."""

from __future__ import annotations

import os
import time

import pytest
from safedeploy_host.probes import contents, files

from tests.unit.agent_probes_plan.configured import asked, file, paths, planned, urls, vhost

NOWHERE = "safedeploy-no-such-page"


@pytest.fixture
def root(tmp_path):
    for name in ("index.html", "about.html", "data.json", "run.cgi", "page.php", "css/site.css", "css/more/print.css"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path


def site(root, more=""):
    return vhost(f"DocumentRoot {root}\n{more}")


def test_each_extension_and_each_directory_is_asked_once(root):
    (root / "other.json").write_text("x")
    assert paths(asked(site(root)), "file") == ["/about.html", "/data.json", "/css/site.css", "/css/more/print.css"]


def test_the_probe_knows_the_file_that_it_should_be_answered_with(root):
    known = {one["url"]: one["file"] for one in asked(site(root)) if one["file"]}
    assert known["http://www.example.test/data.json"] == str(root / "data.json")
    assert known["http://www.example.test/"] == str(root / "index.html")


def test_a_script_is_never_asked_for(root):
    assert not {"/run.cgi", "/page.php"} & set(paths(asked(site(root))))


def test_what_either_side_runs_is_a_script(root):
    assert "/data.json" not in paths(asked(site(root), site(root, "AddHandler cgi-script .json")))


def test_nothing_in_a_directory_of_scripts_is_asked_for(root):
    body = f"ScriptAlias /x/ {root}/css/"
    assert "/x/site.css" not in paths(asked(vhost(body)))


def test_a_file_below_an_alias_is_asked_by_the_path_of_the_alias(root):
    found = asked(vhost(f"Alias /static/ {root}/css/"), vhost(""))
    assert "/static/site.css" in paths(found, "file")


def test_a_name_is_quoted(root):
    (root / "über uns.txt").write_text("x")
    assert "http://www.example.test/%C3%BCber%20uns.txt" in [one["url"] for one in asked(site(root))]


def test_an_htaccess_that_is_obeyed_has_its_directory_and_nothing_below_it_asked(root):
    (root / "css/.htaccess").write_text("Options -Indexes\n")
    rules = f"<Directory {root}>\nAllowOverride All\n</Directory>"
    assert paths(asked(site(root, rules)), "htaccess") == ["/css/", f"/css/{NOWHERE}", "/css/site.css"]


def test_an_htaccess_that_neither_side_obeys_is_not_asked_about(root):
    (root / ".htaccess").write_text("Options -Indexes\n")
    rules = f"<Directory {root}>\nAllowOverride None\n</Directory>"
    assert not paths(asked(site(root, rules)), "htaccess")
    assert not paths(asked(site(root)), "htaccess"), "None is the default"


def test_an_htaccess_that_only_one_side_obeys_is_asked_about(root):
    (root / ".htaccess").write_text("Options -Indexes\n")
    live = site(root, f"<Directory {root}>\nAllowOverride All\n</Directory>")
    assert f"/{NOWHERE}" in paths(asked(live, site(root)), "htaccess")


def test_the_rules_of_an_htaccess_are_tried(root):
    (root / ".htaccess").write_text("RewriteEngine On\nRewriteRule ^old/([0-9]+)$ /new [R=301]\n")
    rules = f"<Directory {root}>\nAllowOverride All\n</Directory>"
    assert "/old/1" in paths(asked(site(root, rules)), "htaccess")


def test_an_htaccess_of_the_push_is_asked_about_before_it_is_there(root):
    rules = f"<Directory {root}>\nAllowOverride All\n</Directory>"
    found = asked(site(root, rules), changes={f"{root}/css/.htaccess": file()})
    assert "/css/" in paths(found, "htaccess")


def test_what_the_push_brings_is_asked_for_and_scripts_too(root):
    found = asked(site(root), changes={f"{root}/new.html": file(), f"{root}/contact.php": file()})
    assert paths(found, "pushed") == ["/contact.php", "/new.html"]


def test_what_the_push_removes_is_not_asked_for(root):
    found = asked(site(root), changes={f"{root}/data.json": {"kind": "absent"}})
    assert "/data.json" not in paths(found)


def test_a_link_that_leads_away_is_not_walked(root, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "secret.txt").write_text("x")
    (root / "away").symlink_to(other)
    assert not any("secret" in path for path in paths(asked(site(root))))


def test_a_large_directory_is_looked_at_within_bounds_and_that_is_said(root):
    for number in range(450):
        (root / f"{number}.txt").touch()
    found = planned(site(root))
    assert any("is large" in note for note in found["notes"])


def test_a_fifo_among_the_files_holds_nothing_up(root):
    os.mkfifo(root / "pipe.txt")
    assert "/pipe.txt" not in paths(asked(site(root)))


def test_a_rare_extension_is_asked_before_another_directory(root):
    for number in range(20):
        (root / f"dir{number}").mkdir()
        (root / f"dir{number}/page.html").write_text("x")
    (root / "dir9/late.woff2").write_text("x")
    assert "/dir9/late.woff2" in paths(asked(site(root)), "file")


def test_a_directory_is_asked_without_its_slash_by_both_kinds_of_name(root):
    found = urls(asked(site(root, "ServerAlias example.test")), "directory")
    assert {"http://www.example.test/css", "http://example.test/css"} <= set(found)


def test_a_page_is_asked_without_its_extension_where_names_are_negotiated(root):
    live = site(root, f"<Directory {root}>\nOptions +MultiViews\n</Directory>")
    assert "/about" in paths(asked(live, site(root)))
    assert "/about" not in paths(asked(site(root)))


def test_a_directory_of_very_many_files_is_read_in_part(root, monkeypatch):
    monkeypatch.setattr(files, "READ", 2)
    assert len(paths(asked(site(root)), "file")) <= 2


def test_without_time_to_look_what_the_push_brings_is_asked_all_the_same_and_the_rest_is_named(root, monkeypatch):
    monkeypatch.setattr(contents, "SECONDS", -1.0)
    found = planned(site(root), None, {f"{root}/new.html": file()})
    assert paths(found["probes"], "pushed") == ["/new.html"]
    assert "/css/" not in paths(found["probes"], "directory")
    assert any("no time to look for files in 1 of 1 directories" in note for note in found["notes"])


def test_a_rule_with_nested_repetitions_costs_no_time(root):
    (root / ".htaccess").write_text(r"RewriteRule ^(([\w-]+)+)+/page$ /x" + "\n")
    began = time.process_time()
    asked(f'<Directory "{root}">\nAllowOverride All\n</Directory>\n' + site(root))
    assert time.process_time() - began < 5
