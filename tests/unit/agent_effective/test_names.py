"""Names and virtual hosts that get lost, are taken over, or can never be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from safedeploy_host.effective import capacity, concerns, warned

from tests.unit.agent_effective.written import written

if TYPE_CHECKING:
    Json = dict[str, Any]
SITE = {"server_root": "/etc/httpd", "httpd": {"address": "127.0.0.1"}}
A = "<VirtualHost *:80>\nServerName a.test\nServerAlias www.a.test\n</VirtualHost>\n"
B = "<VirtualHost *:80>\nServerName b.test\n</VirtualHost>\n"


def found(live: Json, candidate: Json, changes: dict[str, Json] | None = None) -> list[tuple[str, str, str]]:
    """(severity, kind, text) of every finding."""
    return [
        (one["severity"], one["kind"], one["text"]) for one in concerns.concerns(SITE, live, candidate, changes or {})
    ]


def kinds(live: Json, candidate: Json, changes: dict[str, Json] | None = None) -> list[tuple[str, str]]:
    return [(severity, kind) for severity, kind, _ in found(live, candidate, changes)]


def including(effective: Json, pattern: str, matches: int, *dangling: tuple[str, str]) -> Json:
    links = [{"link": link, "target": target} for link, target in dangling]
    include = {"pattern": pattern, "file": "/etc/httpd/main.conf", "line": 9, "matches": matches, "dangling": links}
    effective["reads"]["includes"].append(include)
    return effective


def test_a_new_site_that_another_one_hides_is_an_error() -> None:
    copy = written(A + B + A)

    assert kinds(written(A + B), copy) == [("error", "virtual-host-unreachable")]


def test_a_site_that_a_new_one_hides_is_an_error_though_its_own_lines_are_old() -> None:
    assert kinds(written(A + B), written(A + B.replace("b.test", "c.test\nServerAlias b.test") + B)) == [
        ("error", "virtual-host-unreachable")
    ]


def test_a_site_on_a_port_that_nobody_opens_is_an_error() -> None:
    assert kinds(written(A), written(A + B.replace("*:80", "*:8080"))) == [("error", "port-not-listened")]
    assert kinds(written(A), written("Listen 80\nListen 127.0.0.1:8080\n" + A + B.replace("*:80", "*:*"))) == []


def test_a_site_with_a_certificate_and_without_tls_is_an_error_where_clients_expect_tls() -> None:
    listen = "Listen 80\nListen 8443\n"
    site = "<VirtualHost *:8443>\nServerName s.test\n{}SSLCertificateFile /x\n</VirtualHost>\n"

    assert kinds(written(listen + A), written(listen + A + site.format(""))) == [("error", "tls-off")]
    assert kinds(written(listen + A), written(listen + A + site.format("SSLEngine on\n"))) == []


def test_a_link_that_leads_nowhere_is_an_error_that_names_what_is_lost() -> None:
    file = "/etc/httpd/sites-enabled/b.conf"
    live = including(written(A), "/etc/httpd/sites-enabled/*.conf", 2)
    live["vhosts"] += [{**host, "file": file, "default": False} for host in written(B)["vhosts"]]
    candidate = including(written(A), "/etc/httpd/sites-enabled/*.conf", 1, (file, "../sites-available/b.conf"))

    ((severity, kind, text),) = found(live, candidate)

    assert (severity, kind) == ("error", "link-dangles")
    assert "nothing answers b.test any more" in text


def test_a_link_that_leads_nowhere_in_live_already_is_no_news() -> None:
    sides = [including(written(A), "/e/*.conf", 1, ("/e/b.conf", "../b.conf")) for _ in range(2)]

    assert kinds(*sides) == []


def test_a_site_that_is_removed_with_its_link_is_no_finding() -> None:
    live = including(written(A + B), "/etc/httpd/sites-enabled/*.conf", 2)
    candidate = including(written(A), "/etc/httpd/sites-enabled/*.conf", 1)

    assert kinds(live, candidate, {"/etc/httpd/sites-enabled/b.conf": {"kind": "absent"}}) == []


def test_a_section_that_httpd_ignores_is_an_error() -> None:
    candidate = written(A + B.replace("*:80", "b.test:80"))
    candidate["vhosts"].pop()

    ((severity, kind, text),) = found(written(A), candidate)

    assert (severity, kind) == ("error", "virtual-host-ignored")
    assert "does not resolve" in text


def test_an_include_that_was_changed_and_finds_nothing_is_an_error_where_a_site_is_lost_with_it(tmp_path: Any) -> None:
    site = tmp_path / "sites" / "b.conf"
    site.parent.mkdir()
    site.write_text(B)
    live = including(written(A), f"{tmp_path}/sites/*.conf", 1)
    live["vhosts"] += [{**host, "file": str(site), "default": False} for host in written(B)["vhosts"]]
    candidate = including(written(A), f"{tmp_path}/site/*.conf", 0)

    assert ("error", "include-empty") in kinds(live, candidate)


def test_an_optional_include_that_has_nothing_yet_is_no_finding() -> None:
    assert kinds(written(A), including(written(A), "/etc/httpd/snippets/*.conf", 0)) == []


@pytest.mark.parametrize(
    ("name", "entry", "expected"),
    [
        ("b", {"kind": "link", "target": "../sites-available/b.conf"}, [("error", "file-not-included")]),
        ("b.cnf", {"kind": "file"}, [("warning", "file-not-included")]),
        ("b.conf.off", {"kind": "file"}, [("warning", "file-not-included")]),
        ("README", {"kind": "file"}, []),
        ("b", {"kind": "absent"}, []),
    ],
)
def test_a_new_file_beside_the_included_ones_that_is_not_read_is_seen(
    name: str, entry: Json, expected: list[Any]
) -> None:
    candidate = including(written(A), "/etc/httpd/sites-enabled/*.conf", 1)

    assert kinds(written(A), candidate, {f"/etc/httpd/sites-enabled/{name}": entry}) == expected


def test_a_name_that_turns_into_one_that_looks_like_it_is_a_warning() -> None:
    assert kinds(written(A + B), written(A + B.replace("b.test", "shop.test"))) == []
    assert kinds(written(A + B), written(A.replace("www.a.test", "wwww.a.test") + B)) == [("warning", "name-renamed")]


def test_a_name_behind_a_condition_that_is_not_true_now_is_a_warning() -> None:
    candidate = written(A)
    candidate["reads"]["left_out"] = [{"name": "b.test", "file": "/etc/httpd/b.conf", "line": 4}]

    assert kinds(written(A + B), candidate) == [("warning", "name-left-out")]


def test_a_site_bound_to_the_main_address_takes_the_names_of_all_others() -> None:
    bound = "<VirtualHost 127.0.0.1:80>\nServerName c.test\n</VirtualHost>\n"

    ((severity, kind, text),) = found(written(A + B), written(A + B + bound))

    assert (severity, kind) == ("error", "address-takes-names")
    assert "a.test, b.test, www.a.test" in text


def test_a_site_bound_to_another_address_may_have_it_for_itself() -> None:
    bound = "<VirtualHost 127.0.0.9:80>\nServerName c.test\n</VirtualHost>\n"

    assert kinds(written(A + B), written(A + B + bound)) == [("warning", "address-takes-names")]


def test_a_bound_site_that_goes_takes_nothing() -> None:
    bound = "<VirtualHost 127.0.0.9:80>\nServerName c.test\n</VirtualHost>\n"

    assert kinds(written(A + B + bound), written(A + B)) == []


def test_fewer_workers_are_an_error_only_below_what_is_busy_now(monkeypatch: pytest.MonkeyPatch) -> None:
    live, small = written("MaxRequestWorkers 150\n" + A), written("ServerLimit 1\nThreadsPerChild 4\n" + A)

    def with_connections(number: int) -> list[str]:
        monkeypatch.setattr("safedeploy_host.sockets.established", lambda _: number)
        return [one["severity"] for one in capacity.capacity(live, small)]

    assert capacity.workers(live) == 150
    assert capacity.workers(small) == 4
    assert with_connections(5) == ["warning"]
    assert with_connections(13) == ["error"]
    assert list(capacity.capacity(small, live)) == []


def test_a_new_warning_of_httpd_is_told_and_an_old_or_harmless_one_is_not() -> None:
    live, candidate = written(A), written(A)
    stamp = "[Sun Nov 22 20:23:4{}.1 2026] [core:warn] [pid 1{}:tid 1{}] "
    live["warnings"] = [stamp.format(1, 1, 1) + "AH00999: old"]
    candidate["warnings"] = [
        stamp.format(2, 2, 2) + "AH00999: old",
        "AH00558: apache2: Could not reliably determine the server's fully qualified domain name",
        "AH00548: NameVirtualHost has no effect and will be removed in the next release",
        stamp.format(3, 3, 3) + "AH00513: WARNING: MaxRequestWorkers of 9 is too much",
    ]

    assert [one["text"] for one in warned.warned(live, candidate)] == [
        "httpd warns: [core:warn] AH00513: WARNING: MaxRequestWorkers of 9 is too much."
    ]
