"""What the host and its files add to the configuration: ports, links, includes, conditions, backends."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from tests.apache_fixture import Apache, free_port
from tests.integration.effective.examined import Change

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this very process listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        yield other.getsockname()[1]


def listening(apache: Apache, *more: object) -> Change:
    return Change(apache).file(
        "ports.conf", f"Listen 127.0.0.1:{apache.port}\n" + "".join(f"Listen {one}\n" for one in more)
    )


@pytest.mark.parametrize("address", ["127.0.0.1:{}", "{}", "0.0.0.0:{}"])
def test_a_port_that_another_program_holds_is_an_error_that_names_it(apache: Apache, taken: int, address: str) -> None:
    (found,) = listening(apache, address.format(taken)).concerns()

    assert (found["severity"], found["kind"]) == ("error", "port-taken")
    assert f"(pid {os.getpid()})" in found["text"]
    assert found["place"] == f"{apache.etc}/ports.conf:2"


def test_a_free_port_is_no_finding_and_stays_free(apache: Apache) -> None:
    port = free_port()

    assert listening(apache, port, f"127.0.0.1:{port + 1}").concerns() == []
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))


def test_a_port_that_this_httpd_holds_itself_is_for_the_restart_question(apache: Apache) -> None:
    apache.start()

    seen = Change(apache).file("ports.conf", f"Listen {apache.port}\n")

    assert seen.kinds() == []
    assert seen.examine()["restart"]["needed"]
    apache.kill()


def test_a_port_that_live_holds_already_is_not_tried(apache: Apache, taken: int) -> None:
    apache.write("ports.conf", f"Listen 127.0.0.1:{taken}\n")

    assert Change(apache).file("conf-enabled/x.conf", "Timeout 30\n").kinds() == []


def test_an_address_that_the_host_has_not_is_an_error_to_listen_on_and_a_warning_for_a_site(apache: Apache) -> None:
    assert listening(apache, "203.0.113.7:80").kinds() == [("error", "address-not-here")]
    elsewhere = Change(apache).site("new.example.test", head=f"203.0.113.7:{apache.port}")
    assert ("warning", "address-not-here") in elsewhere.kinds()


def test_a_live_site_whose_link_leads_nowhere_is_an_error(apache: Apache) -> None:
    name = "sites-available/www.example.test.conf"
    text = (apache.etc / name).read_text()

    found = Change(apache).absent(name).file("sites-available/renamed.conf", text).concerns()

    assert [(one["severity"], one["kind"]) for one in found] == [("error", "link-dangles")]
    assert "nothing answers www.example.test any more" in found[0]["text"]


def test_a_link_without_the_ending_that_is_included_is_an_error(apache: Apache) -> None:
    change = (
        Change(apache)
        .file("sites-available/new.conf", "# nothing\n")
        .link("sites-enabled/new", "../sites-available/new.conf")
    )

    assert change.kinds() == [("error", "file-not-included")]


def test_a_virtual_host_whose_name_does_not_resolve_is_an_error(apache: Apache) -> None:
    change = Change(apache).site("new.example.test", head=f"new.nowhere.invalid:{apache.port}")

    (found,) = [one for one in change.concerns() if one["severity"] == "error"]

    assert found["kind"] == "virtual-host-ignored"
    assert found["place"] == f"{apache.etc}/sites-enabled/new.example.test.conf:1"


def test_a_misspelled_condition_is_an_error_and_names_the_module(apache: Apache) -> None:
    change = Change(apache).site("new.example.test", "<IfModule mod_setenvfi.c>\nSetEnvIf Host x Y\n</IfModule>")

    ((severity, kind),) = change.kinds()

    assert (severity, kind) == ("error", "condition-misspelled")


def test_a_backend_that_moves_to_a_port_where_nothing_listens_is_an_error(apache: Apache, taken: int) -> None:
    apache.enable("proxy", "proxy_http")
    apache.add_site("app.example.test", extra=f"ProxyPass / http://127.0.0.1:{taken}/")
    text = (apache.etc / "sites-available/app.example.test.conf").read_text()
    nobody = free_port()

    moved = Change(apache).file("sites-available/app.example.test.conf", text.replace(f":{taken}/", f":{nobody}/"))
    new = Change(apache).site("new.example.test", f"ProxyPass / http://127.0.0.1:{nobody}/")

    assert moved.kinds() == [("error", "backend-missing")]
    assert new.kinds() == [("warning", "backend-missing")]


def test_a_site_that_is_led_to_documents_that_are_not_there_is_an_error(apache: Apache) -> None:
    name = "sites-available/www.example.test.conf"
    text = (apache.etc / name).read_text().replace("/www/www.example.test", "/elsewhere/of/this/site")

    assert ("error", "document-root-missing") in Change(apache).file(name, text).kinds()


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.site("new.example.test"),
        lambda it: it.file("conf-enabled/x.conf", "NameVirtualHost *:80\n"),
        lambda it: it.site("new.example.test", "IncludeOptional snippets/*.conf\nIncludeOptional none.conf"),
        lambda it: it.site("new.example.test", "<IfModule !mod_nonexistent.c>\nTimeout 9\n</IfModule>"),
        lambda it: it.site("new.example.test", 'ErrorDocument 404 "text that is never closed'),
        lambda it: it.absent("sites-enabled/www.example.test.conf").absent("sites-available/www.example.test.conf"),
    ],
    ids=["a site", "a leftover of 2.2", "optional snippets", "a negated condition", "an open quote", "a site removed"],
)
def test_what_is_odd_and_harmless_is_no_error(apache: Apache, change: object) -> None:
    found = change(Change(apache)).concerns()  # type: ignore[operator]

    assert [one for one in found if one["severity"] == "error"] == []
