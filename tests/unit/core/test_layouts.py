"""Layouts: the site document, and what enabling something takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from safedeploy.core.debian_modules import DEBIAN_MODULES, Module
from safedeploy.core.errors import SafedeployError
from safedeploy.core.layouts import LAYOUTS
from safedeploy.core.tree import ABSENT, Entry, Kind

DEBIAN, REDHAT = LAYOUTS["debian"], LAYOUTS["redhat"]


def link(target: str) -> Entry:
    return Entry(kind=Kind.LINK, target=target)


def test_the_site_of_a_plain_debian_host() -> None:
    assert DEBIAN.site() == {
        "layout": "debian",
        "state_dir": "/var/lib/safedeploy",
        "server_root": "/etc/apache2",
        "allowed_roots": ["/etc/apache2", "/var/www"],
        "httpd": {
            "main_config": "/etc/apache2/apache2.conf",
            "control": ["apache2ctl"],
            "binary": "/usr/sbin/apache2",
            "env": {},
            "address": "127.0.0.1",
        },
    }


def test_the_site_of_a_plain_redhat_host() -> None:
    site = REDHAT.site()

    assert site["httpd"]["main_config"] == "/etc/httpd/conf/httpd.conf"
    assert site["allowed_roots"] == ["/etc/httpd", "/var/www"]


def test_paths_follow_an_overridden_server_root() -> None:
    site = DEBIAN.site({"server_root": "/srv/web", "httpd": {"env": {"APACHE_CONFDIR": "/srv/web"}}})

    assert site["httpd"]["main_config"] == "/srv/web/apache2.conf"
    assert site["allowed_roots"] == ["/srv/web", "/var/www"]
    assert site["httpd"]["control"] == ["apache2ctl"]
    assert site["httpd"]["env"] == {"APACHE_CONFDIR": "/srv/web"}


def test_overrides_are_taken_and_the_layout_stays_as_it_was() -> None:
    site = DEBIAN.site(
        {"allowed_roots": ["/srv"], "httpd": {"address": "192.0.2.1", "control": ["sudo", "apache2ctl"]}}
    )
    site["allowed_roots"].append("/changed")
    site["httpd"]["env"]["CHANGED"] = "1"

    assert (site["httpd"]["address"], site["httpd"]["control"]) == ("192.0.2.1", ["sudo", "apache2ctl"])
    assert DEBIAN.site()["allowed_roots"] == ["/etc/apache2", "/var/www"]
    assert DEBIAN.site()["httpd"]["env"] == {}


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"server_rot": "/x"}, "safedeploy_site.server_rot: unknown key; did you mean 'server_root'?"),
        ({"httpd": {"contrl": []}}, "safedeploy_site.httpd.contrl: unknown key; did you mean 'control'?"),
        ({"server_root": 3}, "safedeploy_site.server_root: must be a text, not 3"),
        ({"allowed_roots": "/srv"}, "safedeploy_site.allowed_roots: must be a list of texts, not '/srv'"),
        ({"allowed_roots": ["/srv", 1]}, "safedeploy_site.allowed_roots: must be a list of texts, not ['/srv', 1]"),
        ({"httpd": "x"}, "safedeploy_site.httpd: must be a mapping, not 'x'"),
    ],
)
def test_a_wrong_override_is_refused_with_its_place(overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(SafedeployError) as refused:
        DEBIAN.site(overrides)

    assert (refused.value.code, refused.value.what) == ("site-invalid", message)


def test_sites_and_confs_are_links_on_debian() -> None:
    assert DEBIAN.enable("sites", ["www", "shop.conf"]) == {
        "/etc/apache2/sites-enabled/www.conf": link("../sites-available/www.conf"),
        "/etc/apache2/sites-enabled/shop.conf": link("../sites-available/shop.conf"),
    }
    assert DEBIAN.enable("confs", ["security"], server_root="/srv/web") == {
        "/srv/web/conf-enabled/security.conf": link("../conf-available/security.conf")
    }


def test_on_redhat_lying_in_the_directory_is_enough() -> None:
    assert REDHAT.enable("sites", ["www"]) == {}
    assert REDHAT.enable("modules", []) == {}


def test_a_module_brings_its_configuration_and_what_it_depends_on() -> None:
    entries = DEBIAN.enable("modules", ["ssl"])

    names = {path.rpartition("/")[2] for path in entries}
    assert names == {
        "ssl.load", "ssl.conf", "setenvif.load", "setenvif.conf", "mime.load", "mime.conf", "socache_shmcb.load",
    }  # fmt: skip
    assert entries["/etc/apache2/mods-enabled/ssl.load"] == link("../mods-available/ssl.load")


def test_an_mpm_makes_the_others_absent() -> None:
    entries = DEBIAN.enable("modules", ["mpm_prefork"])

    assert entries["/etc/apache2/mods-enabled/mpm_prefork.load"] == link("../mods-available/mpm_prefork.load")
    for other in ("mpm_event.load", "mpm_event.conf", "mpm_worker.load", "mpm_worker.conf"):
        assert entries[f"/etc/apache2/mods-enabled/{other}"] == ABSENT


@pytest.mark.parametrize(
    ("layout", "names", "code", "words"),
    [
        (DEBIAN, ["rewirte"], "module-unknown", "did you mean 'rewrite'?"),
        (DEBIAN, ["mpm_event", "mpm_worker"], "module-conflict", "exclude each other"),
        (REDHAT, ["ssl"], "modules-not-managed", "/etc/httpd/conf.modules.d"),
    ],
)
def test_modules_that_cannot_be_enabled_are_refused(layout: Any, names: list[str], code: str, words: str) -> None:
    with pytest.raises(SafedeployError) as refused:
        layout.enable("modules", names)

    assert refused.value.code == code
    assert words in refused.value.what
    assert refused.value.next_step


@pytest.mark.apache
def test_the_module_table_is_that_of_the_installed_package() -> None:
    available = Path("/etc/apache2/mods-available")
    listing = Path("/var/lib/dpkg/info/apache2.conffiles")
    if not listing.exists():
        pytest.skip("the apache2 package is not installed")
    # Other packages bring modules of their own.
    packaged = [Path(line.split()[-1]) for line in listing.read_text().splitlines()]
    found = {}
    for path in packaged:
        if path.parent == available and path.suffix == ".load":
            text = path.read_text()
            found[path.stem] = Module(
                conf=path.with_suffix(".conf") in packaged,
                depends=_words("Depends", text),
                conflicts=_words("Conflicts", text),
            )

    assert found == DEBIAN_MODULES


def _words(key: str, text: str) -> tuple[str, ...]:
    match = re.search(rf"^# {key}:\s+(.*)$", text, re.MULTILINE)
    return tuple(match.group(1).split()) if match else ()
