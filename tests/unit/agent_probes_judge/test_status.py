"""Errors: what got worse, what got better, and what is only different."""

from __future__ import annotations

import pytest

from tests.unit.agent_probes_judge.conftest import answer, effective, node, redirect, vhost

WWW = vhost("www.example.test")
AT = {"vhost": "/etc/apache2/sites-enabled/all.conf:1"}
AT_NEW = {"vhost": "/etc/apache2/sites-enabled/all.conf:9"}
DENIED = ["[authz_core:error] AH01630: client denied by server configuration: /srv/www/"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (200, 200, ("same", "same")),
        (200, 500, ("regression", "error")),
        (200, 404, ("regression", "error")),
        (200, 403, ("regression", "error")),
        (200, None, ("regression", "no-answer")),
        (200, 413, ("regression", "limit")),
        (404, 500, ("regression", "error")),
        (404, None, ("regression", "no-answer")),
        (404, 501, ("changed", "error")),
        (200, 501, ("regression", "error")),
        (501, 500, ("regression", "error")),
        (500, None, ("regression", "no-answer")),
        (404, 404, ("same", "same")),
        (500, 500, ("same", "same")),
        (404, 403, ("changed", "error")),
        (500, 404, ("changed", "error")),
        (404, 200, ("improved", "error")),
        (403, 200, ("improved", "error")),
        (500, 200, ("improved", "error")),
        (None, 200, ("improved", "error")),
        (200, 401, ("regression", "authentication")),
        (401, 401, ("same", "same")),
        (401, 200, ("regression", "authentication")),
        (401, 403, ("regression", "authentication")),
        (401, 404, ("regression", "error")),
        (404, 401, ("changed", "error")),
    ],
)
def test_the_status_before_and_after_decides(judged, before, after, expected):
    assert judged(answer(before), answer(after)) == [expected]


def test_a_login_page_in_place_of_a_login_box_is_a_change(judged):
    assert judged(answer(401), redirect("http://www.example.test/login"))[0][0] == "changed"


def test_a_tls_failure_is_one_of_tls(judged):
    failed = answer(None, why="TLS: wrong version number")
    assert judged(answer(200), failed) == [("regression", "tls")]


def test_a_circle_of_redirects_is_a_regression(judged):
    circle = redirect("http://www.example.test/y", loop=True)
    assert judged(answer(200), circle) == [("regression", "loop")]
    assert judged(circle, circle) == [("same", "same")]


def test_a_redirect_that_now_ends_in_an_error_is_a_regression(judged):
    to = "http://www.example.test/y"
    assert judged(redirect(to), redirect(to, final=404, body="gone")) == [("regression", "redirect")]


def test_a_new_sites_root_may_be_empty(judged):
    live, candidate = effective(vhost("default.test")), effective(vhost("default.test"), vhost("www.example.test", 9))
    sides = {"live_effective": live, "candidate_effective": candidate}
    assert judged(answer(200, **AT), answer(404, **AT_NEW), **sides) == [("changed", "error")]


def test_a_new_site_that_fails_is_a_regression(judged):
    live, candidate = effective(vhost("default.test")), effective(vhost("default.test"), vhost("www.example.test", 9))
    sides = {"live_effective": live, "candidate_effective": candidate}
    assert judged(answer(404, **AT), answer(503, **AT_NEW), **sides) == [("regression", "error")]
    assert judged(answer(500, **AT), answer(500, **AT_NEW), **sides) == [("regression", "error")]


def test_a_pushed_file_that_is_not_to_be_had_on_a_new_site_is_a_regression(judged):
    live, candidate = effective(vhost("default.test")), effective(vhost("default.test"), vhost("www.example.test", 9))
    sides = {"live_effective": live, "candidate_effective": candidate, "probe": {"why": "pushed"}}
    assert judged(answer(200, **AT), answer(404, **AT_NEW), **sides) == [("regression", "error")]


def new_site_at(root, *sections):
    site = node("virtualhost", "*:80", line=9, children=[node("documentroot", root)])
    closed = node("directory", "/", children=[node("require", "all", "denied")])
    return effective(vhost("default.test"), vhost("www.example.test", 9), tree=[closed, *sections, site])


def test_a_new_site_outside_of_every_granted_tree_is_a_regression(judged):
    sides = {"live_effective": effective(vhost("default.test")), "candidate_effective": new_site_at("/srv/www")}
    assert judged(answer(200, **AT), answer(403, log=DENIED, **AT_NEW), **sides) == [("regression", "error")]


def test_a_new_site_for_some_clients_only_is_none(judged):
    office = node("directory", "/srv/www", children=[node("require", "ip", "192.0.2.0/24")])
    sides = {"live_effective": effective(vhost("default.test")), "candidate_effective": new_site_at("/srv/www", office)}
    assert judged(answer(200, **AT), answer(403, log=DENIED, **AT_NEW), **sides) == [("changed", "error")]


def test_a_limit_that_is_reached_earlier_shows_on_an_error_page_too(judged):
    envelope = {"probe": {"why": "envelope"}}
    assert judged(answer(404), answer(413), **envelope) == [("regression", "limit")]
    assert judged(answer(413), answer(413), **envelope) == [("same", "same")]


def test_the_place_is_the_virtual_host_that_answers(judged):
    sides = {"live_effective": effective(WWW), "candidate_effective": effective(WWW)}
    (verdict,) = judged(answer(200, **AT), answer(500, **AT), full=True, **sides)
    assert verdict["place"] == "/etc/apache2/sites-enabled/all.conf:1"


def test_the_place_is_the_htaccess_that_httpd_stumbles_over(judged):
    lines = ["[core:alert] /var/www/app/.htaccess: Invalid command 'Expires'"]
    (verdict,) = judged(answer(200), answer(500, log=lines), full=True)
    assert (verdict["place"], verdict["log"]) == ("/var/www/app/.htaccess", lines)


def test_options_for_a_path_that_is_not_there_may_be_refused(judged):
    probe = {"probe": {"method": "OPTIONS"}}
    assert judged(answer(200), answer(404), **probe) == [("changed", "error")]
    assert judged(answer(200), answer(403), **probe) == [("regression", "error")]


def test_a_limit_is_not_tried_where_the_page_is_gone(judged):
    assert judged(answer(200), answer(404), probe={"why": "envelope", "body_bytes": 9}) == [("changed", "error")]


def test_what_was_not_asked_in_time_is_inconclusive(judged):
    assert judged(answer(200), answer(None, asked=False)) == [("inconclusive", "no-time")]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (200, 404, "changed"),
        (401, 200, "changed"),
        (200, None, "changed"),
        (200, 500, "regression"),
        (500, 500, "same"),
    ],
)
def test_a_release_that_is_wanted_back_may_lack_what_there_is_and_may_not_fail(judged, before, after, verdict):
    assert [one for one, _ in judged(answer(before), answer(after), going_back=True)] == [verdict]
