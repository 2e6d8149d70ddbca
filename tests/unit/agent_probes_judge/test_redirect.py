"""Redirects that lead elsewhere."""

from __future__ import annotations

import pytest

from tests.unit.agent_probes_judge.conftest import answer, effective, redirect, vhost

HERE, SECURE = "http://www.example.test", "https://www.example.test"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (redirect(f"{HERE}/a"), redirect("/a")),
        (redirect(f"{HERE}/a"), redirect(f"{HERE}/a", status=302)),
        (redirect(f"{HERE}/a"), redirect(f"{HERE}/b")),
        (redirect(f"{SECURE}/x"), redirect(f"{SECURE}/x/")),
    ],
)
def test_another_way_to_a_good_end_is_no_regression(judged, before, after):
    assert judged(before, after)[0][0] in ("same", "changed")


def test_a_redirect_to_a_server_that_is_not_this_one_is_a_regression(judged):
    away = answer(301, headers={"location": "http://other.test/"}, foreign="other.test")
    assert judged(redirect(f"{HERE}/a"), away) == [("regression", "redirect")]


def test_a_redirect_that_always_led_away_may_go_on(judged):
    away = answer(301, headers={"location": "http://other.test/"}, foreign="other.test")
    assert judged(away, away) == [("same", "same")]


def test_a_redirect_from_tls_to_plain_is_a_regression(judged):
    assert judged(redirect(f"{SECURE}/a"), redirect(f"{HERE}/a")) == [("regression", "redirect")]


def test_a_redirect_that_loses_the_path_is_a_regression(judged):
    assert judged(redirect(f"{SECURE}/x"), redirect(f"{SECURE}/", body="start")) == [("regression", "redirect")]


def test_a_page_that_is_now_at_its_canonical_address_is_a_change(judged):
    assert judged(answer(200), redirect(f"{SECURE}/x", body="other")) == [("changed", "redirect")]
    assert judged(answer(200), redirect(f"{HERE}/y")) == [("changed", "redirect")]


def test_a_page_that_now_leads_to_another_one_is_a_regression(judged):
    assert judged(answer(200), redirect(f"{HERE}/", body="start")) == [("regression", "redirect")]


def test_a_page_that_is_sent_in_the_clear_where_tls_was_required_is_a_regression(judged):
    assert judged(redirect(f"{SECURE}/x"), answer(200)) == [("regression", "redirect")]


def test_a_redirect_away_is_a_regression_whatever_it_ended_in(judged):
    away = answer(301, headers={"location": "http://www.example.testx"}, foreign="www.example.testx")
    assert judged(redirect(f"{SECURE}/x", final=404), away) == [("regression", "redirect")]


def test_a_redirect_that_ends_at_a_default_server_is_a_regression(judged):
    plain = vhost("www.example.test")
    shop = vhost("shop.example.test", 5, port=443)
    at = "/etc/apache2/sites-enabled/all.conf:5"
    after = redirect(f"{SECURE}/x", body="the shop")
    after["final"]["vhost"] = at
    both = {"live_effective": effective(plain, shop), "candidate_effective": effective(plain, shop)}
    assert judged(answer(200), after, **both) == [("regression", "other-site")]
    assert judged(after, after, **both)[0][0] == "same"


def test_the_values_of_a_query_are_not_shown(judged):
    (verdict,) = judged(answer(200), redirect(f"{HERE}/?token=.abc123", body="start"), full=True)
    assert "abc123" not in verdict["after"]
