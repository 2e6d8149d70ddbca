"""Health checks on a real httpd: each kind passes when it should and fails with a reason when it should not."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host import health
from safedeploy_host.httpd import Httpd

from tests.apache_fixture import Apache, make_certificate

pytestmark = pytest.mark.apache

CONFIGURATION = """\
Redirect 302 /old https://www.example.test/new
RedirectMatch 301 ^/relative$ /new
Redirect 503 /broken
<Location /page>
    Header set X-Frame-Options SAMEORIGIN
</Location>
"""


class Served:
    """An httpd with a plain site and two TLS sites: one with a good certificate, one that is for another name."""

    def __init__(self, apache: Apache) -> None:
        self.apache = apache
        apache.enable("headers")
        apache.write("conf-enabled/checks.conf", CONFIGURATION)
        (apache.root / "www/www.example.test/page").write_text("all is well here\n")
        (apache.root / "www/www.example.test/large").write_bytes(b"x" * 300_000 + b"beyond")
        self.tls_port = apache.add_tls_site("tls.example.test", ("tls.example.test", "*.wild.test"), days=30)
        self.wrong_port = apache.add_tls_site("wrong.example.test", ("other.example.test",), days=1)
        apache.start()

    def url(self, path: str) -> str:
        return f"http://www.example.test:{self.apache.port}{path}"

    def check(self, **check: Any) -> dict[str, Any]:
        check.setdefault("url", self.url("/page"))
        (result,) = health.run([check], self.apache.site)
        assert result["ok"] == (result["why"] == "")
        return result


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    root = Path(tempfile.mkdtemp(prefix="apache-"))
    root.chmod(0o755)
    apache = Apache(root)
    try:
        yield Served(apache)
    finally:
        apache.kill()
        shutil.rmtree(root)


def test_a_result_says_what_was_asked_and_how_long_it_took(served: Served) -> None:
    result = served.check(name="www")

    assert set(result) == {"name", "url", "ok", "status", "ms", "why"}
    assert (result["name"], result["url"], result["status"]) == ("www", served.url("/page"), 200)
    assert 0 < result["ms"] < 5000


PASSING: dict[str, dict[str, Any]] = {
    "nothing but a url": {},
    "status": {"status": [200, 204]},
    "an expected error": {"path": "/broken", "status": [503]},
    "redirect": {"path": "/old", "redirect": "https://www.example.test/new"},
    "relative redirect": {"path": "/relative", "redirect": "/new"},
    "header": {"headers": {"x-frame-options": "^SAMEORIGIN$"}},
    "a header that must not be there": {"path": "/", "headers": {"X-Frame-Options": None}},
    "body": {"body": "all is well"},
    "absent": {"absent": "Fatal error"},
    "latency": {"max_ms": 5000},
    "successes": {"successes": 3},
    "method": {"method": "HEAD", "status": [200]},
    "everything": {
        "status": [200],
        "headers": {"Content-Length": "17"},
        "body": "well",
        "absent": "ill",
        "max_ms": 5000,
    },
}
FAILING: dict[str, tuple[dict[str, Any], str]] = {
    "default status": ({"path": "/broken"}, "status 503, expected 200 to 399"),
    "status": ({"status": [204, 404]}, "status 200, expected 204 or 404"),
    "no redirect": ({"redirect": "https://www.example.test/new"}, "status 200, expected a redirect"),
    "another redirect": (
        {"path": "/old", "redirect": "https://www.example.test/"},
        "redirects to https://www.example.test/new, expected https://www.example.test/",
    ),
    "no header": ({"headers": {"X-Missing": "."}}, "no header X-Missing"),
    "another header": (
        {"headers": {"X-Frame-Options": "^DENY$"}},
        "header X-Frame-Options is 'SAMEORIGIN', which does not match '^DENY$'",
    ),
    "an unwanted header": (
        {"headers": {"X-Frame-Options": None}},
        "header X-Frame-Options is 'SAMEORIGIN', expected none",
    ),
    "body": ({"body": "all is lost"}, "the body does not contain 'all is lost'"),
    "body beyond what is read": ({"path": "/large", "body": "beyond"}, "the body does not contain 'beyond'"),
    "absent": ({"absent": "well"}, "the body contains 'well'"),
    "latency": ({"max_ms": 0.001}, "budget 0.001 ms"),
}


@pytest.mark.parametrize("kind", PASSING)
def test_it_passes(served: Served, kind: str) -> None:
    check = dict(PASSING[kind])

    assert served.check(url=served.url(check.pop("path", "/page")), **check)["why"] == ""


@pytest.mark.parametrize("kind", FAILING)
def test_it_fails_with_a_reason(served: Served, kind: str) -> None:
    given, why = FAILING[kind]
    check = dict(given)

    assert why in served.check(url=served.url(check.pop("path", "/page")), **check)["why"]


def test_the_site_is_chosen_by_the_host_header(served: Served) -> None:
    served.apache.add_site("second.example.test")
    assert Httpd(served.apache.site).reload()["ok"]

    assert served.check(url=f"http://second.example.test:{served.apache.port}/", body="hello from second")["ok"]


def test_a_self_signed_certificate_is_good_enough_until_verification_is_asked_for(served: Served) -> None:
    url = f"https://tls.example.test:{served.tls_port}/"

    assert served.check(url=url, tls_name=True, tls_min_days=14)["ok"]
    assert "CERTIFICATE_VERIFY_FAILED" in served.check(url=url, tls_verify=True)["why"]


def test_the_certificate_must_cover_the_name(served: Served) -> None:
    port = served.wrong_port
    for url, port in (("https://wrong.example.test", served.wrong_port), ("https://a.b.wild.test", served.tls_port)):
        assert "the certificate is for" in served.check(url=f"{url}:{port}/", tls_name=True)["why"]
    assert served.check(url=f"https://any.wild.test:{served.tls_port}/", tls_name=True)["ok"]
    assert served.check(url=f"https://wrong.example.test:{served.wrong_port}/")["ok"], "unless nobody asks"


def test_a_certificate_that_expires_soon_fails(served: Served) -> None:
    why = served.check(url=f"https://wrong.example.test:{served.wrong_port}/", tls_min_days=14)["why"]

    assert why == "the certificate expires in 1.0 days, expected at least 14 days"


def test_plain_http_on_a_tls_port_and_the_other_way_round_fail(served: Served) -> None:
    assert served.check(url=f"http://tls.example.test:{served.tls_port}/")["status"] == 400
    assert served.check(url=f"https://www.example.test:{served.apache.port}/")["why"].startswith("TLS: ")


def test_many_checks_run_at_once_and_keep_their_order(served: Served) -> None:
    checks = [{"url": served.url(path)} for path in ["/page", "/broken"] * 15]

    results = health.run(checks, served.apache.site)

    assert [result["status"] for result in results] == [200, 503] * 15
    assert [result["url"] for result in results] == [check["url"] for check in checks]


def test_a_check_is_derived_for_each_name_and_port(served: Served) -> None:
    site = served.apache.site

    checks = {check["name"]: check for check in health.defaults(site, Httpd(site))}

    assert checks[f"www.example.test:{served.apache.port}"]["url"] == served.url("/")
    assert checks[f"tls.example.test:{served.tls_port}"]["url"] == f"https://tls.example.test:{served.tls_port}/"
    assert all(result["ok"] for result in health.run(list(checks.values()), site))


def test_a_derived_check_fails_on_what_is_certainly_wrong_only(served: Served) -> None:
    (fine,) = health.run([{"url": served.url("/nowhere"), "derived": True}], served.apache.site)
    (wrong,) = health.run([{"url": served.url("/broken"), "derived": True}], served.apache.site)

    assert (fine["status"], fine["ok"]) == (404, True)
    assert (wrong["ok"], wrong["why"]) == (False, "status 503")


def test_a_virtual_host_of_one_address_is_asked_at_that_address(apache: Apache) -> None:
    apache.write("ports.conf", f"Listen {apache.port}\n")
    apache.write(
        "conf-enabled/one.conf", f"<VirtualHost 127.0.0.3:{apache.port}>\nServerName one.test\n</VirtualHost>\n"
    )
    apache.start()

    checks = {check["name"]: check for check in health.defaults(apache.site, Httpd(apache.site))}

    assert checks[f"one.test:{apache.port}"]["address"] == "127.0.0.3"
    assert checks[f"www.example.test:{apache.port}"]["address"] is None
    assert all(result["ok"] for result in health.run(list(checks.values()), apache.site))


def test_without_virtual_hosts_the_main_server_is_checked(apache: Apache) -> None:
    (apache.etc / "sites-enabled/www.example.test.conf").unlink()
    apache.start()

    (check,) = health.defaults(apache.site, Httpd(apache.site))

    assert check["url"] == f"http://localhost:{apache.port}/"
    assert health.run([check], apache.site)[0]["status"] in (200, 403, 404)


def test_a_certificate_and_key_that_changed_are_seen_by_the_next_check(apache: Apache) -> None:
    port = apache.add_tls_site("tls.example.test")
    apache.start()
    check = {"url": f"https://tls.example.test:{port}/", "tls_name": True}
    before = health.run([check], apache.site)
    make_certificate(apache.etc, "tls.example.test", ("another.example.test",), 30)
    assert Httpd(apache.site).reload()["ok"]

    now = health.run([check], apache.site)

    assert health.regressions(before, now) == now
    assert now[0]["why"] == "the certificate is for another.example.test, not for tls.example.test"
