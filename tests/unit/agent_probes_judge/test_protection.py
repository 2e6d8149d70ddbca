"""Headers, cookies, certificates and versions of TLS that protect."""

from __future__ import annotations

import pytest

from tests.unit.agent_probes_judge.conftest import DAY, NOW, answer, effective, vhost

HTTPS = {"probe": {"url": "https://www.example.test/x"}}


def headed(status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer(status, headers={"content-type": "text/html", **named})


def certified(name="www.example.test", days=200, accepts=None, digest="a"):
    facts = {"sha256": digest, "names": [name], "not_after": NOW + days * DAY, "version": "TLSv1.3", "cipher": "x"}
    return answer(200, tls={**facts, "accepts": accepts})


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize(
    "name", ["x_content_type_options", "x_frame_options", "content_security_policy", "referrer_policy"]
)
def test_a_security_header_that_is_lost_is_a_regression(judged, name, status):
    assert judged(headed(status, **{name: "x"}), headed(status)) == [("regression", "header-lost")]
    assert judged(headed(status, **{name: "x"}), headed(status, **{name: "x"})) == [("same", "same")]


def test_a_security_header_with_another_value_is_a_change(judged):
    verdicts = judged(headed(x_frame_options="DENY"), headed(x_frame_options="SAMEORIGIN"))
    assert verdicts == [("changed", "header")]


def test_a_newer_header_may_replace_an_older_one(judged):
    verdicts = judged(headed(x_frame_options="DENY"), headed(content_security_policy="frame-ancestors 'none'"))
    assert verdicts == [("same", "same")]


def test_strict_transport_security_counts_over_tls_only(judged):
    before, after = headed(strict_transport_security="max-age=31536000"), headed()
    assert judged(before, after, **HTTPS) == [("regression", "header-lost")]
    assert judged(before, after) == [("same", "same")]


def test_strict_transport_security_of_no_duration_is_lost(judged):
    before = headed(strict_transport_security="max-age=31536000")
    after = headed(strict_transport_security="max-age=0")
    assert judged(before, after, **HTTPS) == [("regression", "header-lost")]


def test_a_cookie_that_loses_its_marks_is_a_regression(judged):
    before, after = headed(set_cookie="sid;Secure; HttpOnly"), headed(set_cookie="sid;HttpOnly")
    (verdict,) = judged(before, after, full=True)
    assert (verdict["kind"], verdict["before"]) == ("header-lost", "cookie sid; secure")
    assert judged(before, before) == [("same", "same")]


def test_the_permission_to_ask_from_elsewhere_that_is_lost_is_a_regression(judged):
    before = headed(access_control_allow_origin="https://app.example.test")
    assert judged(before, headed()) == [("regression", "header-lost")]


def test_the_headers_of_an_error_page_in_place_of_a_page_are_not_compared(judged):
    assert judged(headed(x_frame_options="DENY"), headed(500)) == [("regression", "error")]


def test_a_certificate_for_another_name_is_a_regression(judged):
    verdicts = judged(certified(), certified("other.test", digest="b"), **HTTPS)
    assert verdicts == [("regression", "certificate")]


@pytest.mark.parametrize(("name", "expected"), [("www.example.test", "regression"), ("example.test", "changed")])
def test_a_new_site_with_a_certificate_for_another_name(judged, name, expected):
    default = vhost("default.test", port=443)
    new = vhost("www.example.test", 5, port=443, aliases=["example.test"])
    at = "/etc/apache2/sites-enabled/all.conf"
    before = {**certified("default.test"), "vhost": f"{at}:1"}
    after = {**certified("other.test", digest="b"), "vhost": f"{at}:5"}
    both = {"live_effective": effective(default), "candidate_effective": effective(default, new)}
    verdicts = judged(before, after, probe={"url": f"https://{name}/"}, **both)
    assert verdicts[0] == (expected, "certificate")


def test_a_wildcard_certificate_is_for_the_name(judged):
    verdicts = judged(certified(), certified("*.example.test", digest="b"), **HTTPS)
    assert verdicts == [("changed", "certificate")]


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, "regression"), (5, "regression"), (89, "changed"), (400, "changed")]
)
def test_a_certificate_that_ends_soon_is_a_regression(judged, days, expected):
    assert judged(certified(), certified(days=days, digest="b"), **HTTPS) == [(expected, "certificate")]


def test_an_old_version_of_tls_that_is_accepted_now_is_a_regression(judged):
    before, after = certified(accepts=["TLSv1.2", "TLSv1.3"]), certified(accepts=["TLSv1", "TLSv1.2", "TLSv1.3"])
    assert judged(before, after, **HTTPS) == [("regression", "tls")]
    assert judged(after, before, **HTTPS) == [("same", "same")]


def test_losing_the_newest_version_of_tls_is_a_regression_and_an_older_one_a_change(judged):
    both = certified(accepts=["TLSv1.2", "TLSv1.3"])
    assert judged(both, certified(accepts=["TLSv1.2"]), **HTTPS) == [("regression", "tls")]
    assert judged(both, certified(accepts=["TLSv1.3"]), **HTTPS) == [("changed", "tls")]
