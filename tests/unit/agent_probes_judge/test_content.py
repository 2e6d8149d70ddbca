"""Other bodies and other types."""

from __future__ import annotations

import time

import pytest
from safedeploy_host.probes import body as bodies

from tests.unit.agent_probes_judge.conftest import answer, effective, node, vhost

SITE = vhost("www.example.test")
TREE = [node("virtualhost", "*:80", children=[node("documentroot", "/var/www/shop/public")])]
AT = {"vhost": "/etc/apache2/sites-enabled/all.conf:1"}


def typed(kind, body="page", **more):
    return answer(200, body, headers={"content-type": kind}, **more)


def test_a_static_file_that_is_no_longer_sent_is_a_regression(judged):
    assert judged(answer(200, "a", is_file=True), answer(200, "b")) == [("regression", "other-content")]


def test_a_file_that_the_push_changes_is_declared_by_it(judged):
    assert judged(answer(200, "a", is_file=True), answer(200, "b", is_file=True)) == [("declared", "pushed")]


def test_another_file_of_the_push_in_its_place_is_declared_by_it(judged):
    changes = {"/var/www/new/index.html": {"kind": "file", "sha256": answer(200, "b")["sha256"]}}
    verdicts = judged(answer(200, "a", is_file=True), answer(200, "b"), changes=changes)
    assert verdicts == [("declared", "pushed")]


def test_a_page_that_says_something_else_is_a_regression(judged):
    assert judged(answer(200, "welcome"), answer(200, "closed")) == [("regression", "other-content")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("built Mon, 22 Nov 2027 10:11:12 GMT", "built Tue, 23 Nov 2027 01:02:03 GMT"),
        ("at 2027-11-22T10:11:12Z", "at 2027-11-23T01:02:03Z"),
        ("visitor 41 from port 40112", "visitor 42 from port 51888"),
        ("csrf=9f86d081884c7d65", "csrf=60303ae22b998861"),
        ("id 0f8fad5b-d9cb-469f-a165-70867728950e", "id 7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        ("a  b\n", "a b"),
    ],
)
def test_dates_numbers_and_tokens_do_not_make_another_page(judged, before, after):
    assert judged(answer(200, before), answer(200, after)) == [("same", "same")]


def test_a_page_that_differs_each_time_says_nothing(judged):
    before, after = answer(200, "rose", stable=False), answer(200, "lily", stable=False)
    assert judged(before, after) == [("inconclusive", "unstable")]


def test_a_page_of_an_application_whose_files_are_pushed_may_change(judged):
    changes = {"/var/www/shop/settings.sh": {"kind": "file", "sha256": "0" * 64}}
    both = {"live_effective": effective(SITE, tree=TREE), "candidate_effective": effective(SITE, tree=TREE)}
    verdicts = judged(answer(200, "prod", **AT), answer(200, "staging", **AT), changes=changes, **both)
    assert verdicts == [("declared", "pushed")]


def test_a_pushed_file_of_another_application_explains_nothing(judged):
    changes = {"/var/www/other/settings.sh": {"kind": "file", "sha256": "0" * 64}}
    both = {"live_effective": effective(SITE, tree=TREE), "candidate_effective": effective(SITE, tree=TREE)}
    verdicts = judged(answer(200, "prod", **AT), answer(200, "staging", **AT), changes=changes, **both)
    assert verdicts == [("regression", "other-content")]


def test_a_page_that_no_longer_names_its_host_is_a_regression_that_says_so(judged):
    before, after = answer(200, "see www.example.test", mentions_host=True), answer(200, "see 127.0.0.1")
    (verdict,) = judged(before, after, full=True)
    assert verdict["kind"] == "other-content"
    assert verdict["after"] == "no longer names www.example.test"


def test_pages_about_httpd_itself_are_not_compared(judged):
    assert judged(answer(200, "load a", of_httpd=True), answer(200, "load b", of_httpd=True)) == [("same", "same")]


def test_a_listing_in_another_order_is_a_change(judged):
    verdicts = judged(answer(200, "a b", listing=True), answer(200, "b a", listing=True))
    assert verdicts == [("changed", "listing")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("text/css", "text/plain", "regression"),
        ("application/json", "text/html", "regression"),
        ("text/plain", "application/json", "changed"),
        ("text/html; charset=utf-8", "text/html; charset=iso-8859-1", "regression"),
        ("text/html", "text/html; charset=utf-8", "changed"),
        ("text/html;charset=UTF-8", "text/html; charset=utf-8", "same"),
        ("application/javascript", "text/javascript", "same"),
    ],
)
def test_another_type_of_the_same_body(judged, before, after, expected):
    assert judged(typed(before), typed(after))[0][0] == expected


def test_a_charset_that_breaks_the_letters_is_a_regression(judged):
    verdicts = judged(typed("text/html", utf8=True), typed("text/html; charset=iso-8859-1", utf8=True))
    assert verdicts == [("regression", "content-type")]


def test_the_type_of_an_answer_to_options_does_not_matter(judged):
    verdicts = judged(typed("text/html"), typed("text/plain"), probe={"method": "OPTIONS"})
    assert verdicts == [("same", "same")]


NOWHERE = {"probe": {"url": "http://www.example.test/api/safedeploy-no-such-page%2Fa"}}


def test_an_applications_own_answer_that_nothing_is_there_is_not_to_become_httpds(judged):
    live, candidate = answer(404, "no such item"), answer(404, "Not Found", error_of_httpd=True)
    assert judged(live, candidate, **NOWHERE) == [("regression", "other-content")]


def test_httpds_own_answer_that_nothing_is_there_may_become_an_applications(judged):
    live, candidate = answer(404, "Not Found", error_of_httpd=True), answer(404, "no such item")
    assert judged(live, candidate, **NOWHERE) == [("same", "same")]


def test_what_is_hidden_by_httpd_instead_of_the_application_is_hidden_all_the_same(judged):
    live, candidate = answer(404, "no such item"), answer(404, "Not Found", error_of_httpd=True)
    assert judged(live, candidate) == [("same", "same")]


def test_a_long_run_without_blanks_or_digits_costs_no_time():
    began = time.process_time()
    bodies.shape(b"a-" * 120_000)
    assert time.process_time() - began < 3
