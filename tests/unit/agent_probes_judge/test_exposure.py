"""What must not be seen."""

from __future__ import annotations

import pytest

from tests.unit.agent_probes_judge.conftest import answer, effective, node, vhost


def decoy(kind, **more):
    return {"probe": {"why": "decoy", "kind": kind, "marker": "m", **more}}


def test_a_listing_that_appears_is_a_regression(judged):
    assert judged(answer(403), answer(200, listing=True)) == [("regression", "listing")]
    assert judged(answer(200, listing=True), answer(403), **decoy("listing")) == [("changed", "error")]


@pytest.mark.parametrize("kind", ["source", "private"])
def test_a_decoy_that_is_given_away_is_a_regression(judged, kind):
    assert judged(answer(403), answer(200, marker=True), **decoy(kind)) == [("regression", kind)]
    assert judged(answer(200, marker=True), answer(200, marker=True), **decoy(kind)) == [("same", "same")]


def test_a_listing_that_is_turned_off_is_no_loss(judged):
    assert judged(answer(200, listing=True), answer(403)) == [("changed", "error")]


def test_a_listing_at_a_path_that_is_new_may_be_meant(judged):
    assert judged(answer(404), answer(200, listing=True))[0][0] != "regression"


def test_a_decoy_that_is_refused_now_is_what_it_is_for(judged):
    assert judged(answer(200, marker=True), answer(403), **decoy("private")) == [("changed", "error")]


def test_a_private_decoy_that_an_application_answers_for_is_not_given_away(judged):
    assert judged(answer(403), answer(200, "the application"), **decoy("private")) == [("improved", "error")]


def test_a_plain_decoy_that_is_refused_now_stands_for_the_files_beside_it(judged):
    assert judged(answer(200, marker=True), answer(403), **decoy("static")) == [("regression", "error")]


@pytest.mark.parametrize(("root", "expected"), [("/srv/www", "changed"), ("/var/www", "regression")])
def test_a_plain_decoy_in_a_directory_that_is_served_no_more_says_nothing(judged, root, expected):
    tree = [node("virtualhost", "*:80", children=[node("documentroot", root)])]
    site = effective(vhost("www.example.test"), tree=tree)
    at = {"vhost": "/etc/apache2/sites-enabled/all.conf:1"}
    sides = {"live_effective": site, "candidate_effective": site}
    verdicts = judged(
        answer(200, marker=True, **at), answer(404, **at), **sides, **decoy("static", file="/var/www/a.txt")
    )
    assert verdicts == [(expected, "error")]


def test_a_script_that_is_sent_instead_of_run_is_a_regression(judged):
    probe = {"probe": {"file": "/var/www/a/index.php"}}
    assert judged(answer(200, "ok"), answer(200, "<?php", is_file=True), **probe) == [("regression", "source")]


def test_a_private_file_that_is_sent_now_is_a_regression(judged):
    probe = {"probe": {"url": "http://www.example.test/.env", "file": "/var/www/a/.env"}}
    assert judged(answer(403), answer(200, "A=1", is_file=True), **probe) == [("regression", "private")]


def test_a_page_about_httpd_that_outsiders_see_now_is_a_regression(judged):
    assert judged(answer(403), answer(200, of_httpd=True)) == [("regression", "private")]


def test_what_a_new_site_shows_is_its_own_affair(judged):
    live, candidate = effective(vhost("default.test")), effective(vhost("default.test"), vhost("www.example.test", 9))
    before = answer(404, vhost="/etc/apache2/sites-enabled/all.conf:1")
    after = answer(200, listing=True, vhost="/etc/apache2/sites-enabled/all.conf:9")
    verdicts = judged(before, after, live_effective=live, candidate_effective=candidate)
    assert verdicts[0][0] != "regression"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (404, 404, "same"),
        (200, 200, "same"),
        (404, 502, "regression"),
        (404, 503, "regression"),
        (404, 200, "same"),
        (200, 403, "same"),
        (404, 301, "same"),
        (502, 502, "same"),
    ],
)
def test_a_server_that_asks_strangers_for_anybody_is_a_regression(judged, before, after, expected):
    proxy = {"probe": {"why": "open-proxy", "absolute": True, "url": "http://nowhere.invalid/"}}
    assert judged(answer(before), answer(after), **proxy)[0][0] == expected


def others(*statuses):
    """More requests to the same site, answered alike by both sides."""
    return [
        {"probe": {"id": f"other-{number}", "why": "name", "url": f"http://www.example.test/{number}"}, "answer": one}
        for number, one in enumerate(map(answer, statuses))
    ]


def test_what_mends_a_site_that_failed_whatever_was_asked_is_not_held_up_by_what_is_visible_again(judged):
    visible = answer(200, of_httpd=True)
    assert judged(answer(503), visible, others=others(503, 500)) == [("inconclusive", "private")]
    assert judged(answer(None), visible, others=others(None, None)) == [("inconclusive", "private")]


def test_a_single_path_that_failed_was_kept_closed_all_the_same(judged):
    visible = answer(200, of_httpd=True)
    assert judged(answer(503), visible, others=others(503, 200)) == [("regression", "private")]
    assert judged(answer(503), visible) == [("regression", "private")]
