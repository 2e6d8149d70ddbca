"""Files that exist in the shadows alone."""

from __future__ import annotations

import pytest

from tests.unit.agent_probes_plan.configured import NONCE, asked, paths, planned, vhost


@pytest.fixture
def root(tmp_path):
    (tmp_path / "www").mkdir()
    (tmp_path / "www/index.html").write_text("x")
    return tmp_path / "www"


def decoys(text, candidate=None):
    found = planned(text, candidate)
    asked_for = [one for one in found["probes"] if one["why"] == "decoy"]
    return found["world"]["decoys"], {one["url"].partition("example.test")[2]: one for one in asked_for}


def test_a_static_file_a_listing_and_private_files_are_laid_into_a_document_root(root):
    files, found = decoys(vhost(f"DocumentRoot {root}"))
    assert found[f"/{NONCE}.txt"]["kind"] == "static"
    assert found[f"/{NONCE}.d/"]["kind"] == "listing"
    assert found["/.git/config"]["kind"] == "private"
    assert f"{root}/.git/config" in files
    assert found["/.git/config"]["marker"] in files[f"{root}/.git/config"]["content"]


def test_a_renewal_of_a_certificate_is_tried_with_a_file(root):
    _, found = decoys(vhost(f"DocumentRoot {root}"))
    assert found[f"/.well-known/acme-challenge/{NONCE}"]["kind"] == "static"


def test_a_real_file_is_asked_for_and_not_covered(root):
    (root / ".env").write_text("SECRET=1")
    files, found = decoys(vhost(f"DocumentRoot {root}"))
    assert f"{root}/.env" not in files
    assert (found["/.env"]["file"], found["/.env"]["kind"]) == (f"{root}/.env", "private")


def test_nothing_is_laid_into_a_directory_that_does_not_exist(root):
    files, _ = decoys(vhost(f"DocumentRoot {root}"), vhost(f"DocumentRoot {root}-typo"))
    assert not [path for path in files if "-typo" in path]


def test_nothing_is_laid_into_directories_of_the_distribution():
    files, _ = decoys(vhost("Alias /icons/ /usr/share/"))
    assert not files


def test_a_script_is_laid_for_each_handler_of_the_live_configuration(root):
    body = f"DocumentRoot {root}\nAddHandler cgi-script .cgi\nAddHandler application/x-httpd-php .php"
    files, found = decoys(vhost(body), vhost(f"DocumentRoot {root}"))
    assert found[f"/{NONCE}.cgi"]["kind"] == found[f"/{NONCE}.php"]["kind"] == "source"
    assert files[f"{root}/{NONCE}.cgi"]["mode"] == "0755"
    assert files[f"{root}/{NONCE}.php"]["content"].startswith("<?php")


def test_a_handler_of_the_candidate_alone_needs_no_decoy(root):
    files, _ = decoys(vhost(f"DocumentRoot {root}"), vhost(f"DocumentRoot {root}\nAddHandler cgi-script .cgi"))
    assert f"{root}/{NONCE}.cgi" not in files


def test_a_directory_of_scripts_gets_one_with_the_extension_that_is_used_there(root):
    (root / "report.rb").write_text("#!/bin/sh\n")
    _, found = decoys(vhost(f"ScriptAlias /run/ {root}/"))
    assert found[f"/run/{NONCE}.rb"]["kind"] == "source"
    assert f"/run/{NONCE}.txt" not in found


def test_what_a_configuration_refuses_to_send_is_tried(root):
    body = f'DocumentRoot {root}\n<FilesMatch "\\.(inc|tpl)$">\nRequire all denied\n</FilesMatch>'
    _, found = decoys(vhost(body), vhost(f"DocumentRoot {root}"))
    assert found[f"/{NONCE}.inc"]["kind"] == "private"


def test_decoys_are_never_asked_of_the_real_server(root):
    found = asked(vhost(f"DocumentRoot {root}"))
    assert not [one for one in found if one["live_too"] and (one["kind"] or NONCE in one["url"])]


def test_what_is_shown_does_not_change_from_push_to_push(root):
    assert not [one["shown"] for one in asked(vhost(f"DocumentRoot {root}")) if NONCE in one["shown"]]


def test_only_the_listing_and_not_its_entry_is_asked_for(root):
    assert not [path for path in paths(asked(vhost(f"DocumentRoot {root}"))) if "-entry" in path]


def test_server_side_includes_are_a_source_too(root):
    _, found = decoys(
        vhost(f"DocumentRoot {root}\nAddOutputFilter INCLUDES;DEFLATE .shtml"), vhost(f"DocumentRoot {root}")
    )
    assert found[f"/{NONCE}.shtml"]["kind"] == "source"
