"""`drift` of a real httpd and a real agent: what a host tells beside its managed files."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from safedeploy_host.drift import certificates, places, surroundings
from safedeploy_host.drift.command import drift
from safedeploy_host.effective import configuration
from safedeploy_host.protocol import Request
from safedeploy_host.services import Services
from safedeploy_host.store import Store

from tests.apache_fixture import make_certificate

pytestmark = pytest.mark.apache


@pytest.fixture
def server(apache):
    apache.add_site("www.example.test", extra="<Directory />\nAllowOverride All\n</Directory>\n")
    return apache


def store(server):
    made = Store({**server.site, "state_dir": str(server.root / "state")})
    made.create()
    return made


def told(made):
    return drift(Request({"site": made.site}), Services(made.site))["drift"]


def extra(made):
    found = told(made)
    assert found["notes"] == []
    return {(Path(one["path"]).name, one["how"]) for one in found["extra"]}


def test_a_host_as_its_distribution_made_it_has_no_extra_file(server):
    made = store(server)
    surroundings.remember(made)
    assert extra(made) == set()


def test_what_comes_later_is_told_by_what_httpd_makes_of_it(server):
    made = store(server)
    (server.root / "www/www.example.test/old").mkdir()
    (server.root / "www/www.example.test/old/.htaccess").write_text("Options -Indexes\n")
    (server.etc / "conf-enabled/before.conf.bak").write_text("")
    surroundings.remember(made)
    surroundings.remember(made)  # of a later push: it takes nothing more
    (server.root / "www/www.example.test/new").mkdir()
    (server.root / "www/www.example.test/new/.htaccess").write_text("Options -Indexes\n")
    for name in ("new.conf", "new.conf.dpkg-old", "new.conf~", "new.conf.2026-11-26", "README", ".new.conf.swp"):
        (server.etc / "conf-enabled" / name).write_text("# new\n")
    (server.etc / "conf-enabled/gone.conf").symlink_to("nowhere")
    (server.etc / "conf-enabled/.ht.safedeploy.1").write_text("")
    assert extra(made) == {
        ("new.conf", "loaded"),
        ("new.conf.dpkg-old", "beside"),
        ("new.conf~", "beside"),
        ("new.conf.2026-11-26", "beside"),
        ("gone.conf", "dangling"),
        (".htaccess", "htaccess"),
    }


def test_a_name_that_is_made_to_keep_the_look_waiting_does_not(server):
    made = store(server)
    surroundings.remember(made)
    (server.etc / "conf-enabled" / ("a" + ".1" * 60 + "1" * 60 + "x")).write_text("")
    began = time.monotonic()
    assert extra(made) == set()
    assert time.monotonic() - began < 20


def test_a_directory_that_a_later_release_includes_is_taken_with_what_lies_in_it_then(server):
    made = store(server)
    surroundings.remember(made)
    (server.etc / "more").mkdir()
    (server.etc / "more/old.conf").write_text("")
    with (server.etc / "apache2.conf").open("a") as main:
        main.write("IncludeOptional more/*.conf\n")
    assert extra(made) == set()
    surroundings.remember(made)
    (server.etc / "more/new.conf").write_text("")
    assert extra(made) == {("new.conf", "loaded")}


def test_without_the_record_nothing_is_called_extra_and_a_note_says_so(server):
    made = store(server)
    (server.etc / "conf-enabled/new.conf").write_text("")
    found = told(made)
    assert found["extra"] == []
    assert "extra files cannot be told" in found["notes"][0]


def test_what_cannot_be_written_down_stops_nothing(server):
    made = store(server)
    made.directory = str(server.root / "none")
    surroundings.remember(made)
    assert surroundings.load(made) is None


def test_the_content_of_an_extra_file_is_told_only_where_everybody_can_read_it(server):
    made = store(server)
    surroundings.remember(made)
    (server.etc / "conf-enabled/open.conf").write_text("# open\n")
    (server.etc / "conf-enabled/closed.conf").write_text("# closed\n")
    (server.etc / "conf-enabled/open.conf").chmod(0o644)
    (server.etc / "conf-enabled/closed.conf").chmod(0o640)
    contents = {Path(one["path"]).name: one["content"] for one in told(made)["extra"]}
    assert contents["closed.conf"] is None
    assert contents["open.conf"] is not None


def test_too_many_documents_are_said_and_nothing_is_called_extra_there(server, monkeypatch):
    made = store(server)
    surroundings.remember(made)
    (server.root / "www/www.example.test/.htaccess").write_text("")
    for number in range(20):
        (server.root / f"www/www.example.test/{number}").mkdir()
    monkeypatch.setattr(places, "MOST_ENTRIES", 5)
    assert any("there are too many files" in note for note in told(made)["notes"])


def test_a_configuration_that_httpd_refuses_is_told_in_its_own_words(server):
    made = store(server)
    (server.etc / "conf-enabled/charset.conf").write_text("Misspelt On\n")
    tested = told(made)["configtest"]
    assert tested["ok"] is False
    assert "Invalid command 'Misspelt'" in tested["output"]


def test_the_end_of_a_certificate_is_read_where_httpd_is_configured_to(server):
    server.enable("ssl")
    key, certificate = make_certificate(server.root, "www.example.test", ("www.example.test",), 30)
    server.add_site("tls.example.test", extra=f"SSLCertificateFile {certificate}\nSSLCertificateKeyFile {key}\n")
    (found,) = certificates.certificates(configuration.read(server.site), str(server.etc))
    assert found["path"] == str(certificate)
    assert found["names"] == ["www.example.test"]
    assert 0 < found["not_after"] - time.time() <= 30 * 86400
    certificate.write_text("no certificate")
    (broken,) = certificates.certificates(configuration.read(server.site), str(server.etc))
    assert (broken["not_after"], broken["error"]) == (None, "no certificate is in it")


def test_a_host_without_httpd_or_state_is_told_of_too(server):
    site = {**server.site, "state_dir": str(server.root / "none"), "httpd": {**server.site["httpd"], "binary": "/no"}}
    found = drift(Request({"site": site}), Services(site))
    assert found["drift"]["configtest"] is None
    assert not (server.root / "none").exists()
