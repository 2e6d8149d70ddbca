"""What a push declares, what is accepted, and what a backend is to blame for."""

from __future__ import annotations

import pytest

from tests.unit.agent_probes_judge.conftest import answer, redirect

URL = "http://www.example.test/x"


def declared(**one):
    return {"expectations": [{"url": URL, **one}]}


@pytest.mark.parametrize(
    ("declaration", "after"),
    [
        ({"status": [401]}, answer(401)),
        ({"status": 401}, answer(401)),
        ({"gone": True}, answer(404)),
        ({"gone": True}, answer(410)),
        ({"location": "http://www.example.test/y"}, redirect("/y", body="other")),
        ({"body": "closed"}, answer(200, "closed", found=["closed"])),
        ({"any": True}, answer(500)),
    ],
)
def test_a_difference_that_is_declared_is_no_regression(judged, declaration, after):
    assert judged(answer(200), after, **declared(**declaration)) == [("declared", "declared")]


@pytest.mark.parametrize(
    ("declaration", "after"),
    [
        ({"status": [401]}, answer(500)),
        ({"status": [401]}, answer(200)),
        ({"gone": True}, answer(200)),
        ({"location": "http://www.example.test/y"}, redirect("/z")),
        ({"location": "http://www.example.test/y"}, answer(200)),
        ({"body": "closed"}, answer(200)),
        ({"absent": "old"}, answer(200, found=["old"])),
        ({"headers": {"X-A": "^b"}}, answer(200)),
        ({"headers": {"X-A": None}}, answer(200, headers={"x-a": "c"})),
        ({"status": [401]}, answer(None)),
    ],
)
def test_a_declaration_that_is_not_met_is_a_regression(judged, declaration, after):
    assert judged(answer(200), after, **declared(**declaration)) == [("regression", "declared-unmet")]


def test_a_declared_body_does_not_excuse_a_lost_header(judged):
    before = answer(200, headers={"content-type": "text/html", "x-frame-options": "DENY"})
    after = answer(200, "closed", found=["closed"], headers={"content-type": "text/html"})
    assert judged(before, after, **declared(body="closed")) == [("regression", "header-lost")]


def test_a_declared_status_that_was_so_before_excuses_no_other_body(judged):
    verdicts = judged(answer(200, "a", is_file=True), answer(200, "b"), **declared(status=[200]))
    assert verdicts == [("regression", "other-content")]


def test_a_declaration_for_all_that_begins_so_counts_where_none_is_closer(judged):
    expectations = [{"url": "http://www.example.test/*", "gone": True}, {"url": URL, "status": [401]}]
    assert judged(answer(200), answer(401), expectations=expectations) == [("declared", "declared")]
    assert judged(answer(200), answer(404), expectations=expectations[:1]) == [("declared", "declared")]


def test_a_declaration_for_a_prefix_is_not_about_decoys(judged):
    expectations = [{"url": "http://www.example.test/*", "status": [401]}]
    probe = {"why": "decoy", "kind": "private", "marker": "m"}
    assert judged(answer(403), answer(403), expectations=expectations, probe=probe) == [("same", "same")]


def test_a_declaration_for_get_is_not_about_options(judged):
    verdicts = judged(answer(200), answer(403), probe={"method": "OPTIONS"}, **declared(status=[403]))
    assert verdicts == [("regression", "error")]


def test_the_default_port_and_a_missing_path_make_no_other_url(judged):
    expectations = [{"url": "http://WWW.example.test:80", "status": [401]}]
    probe = {"url": "http://www.example.test/"}
    assert judged(answer(200), answer(401), expectations=expectations, probe=probe) == [("declared", "declared")]


def test_an_accepted_regression_is_declared_and_says_that_it_was_accepted(judged):
    (verdict,) = judged(answer(200), answer(500), full=True)
    (accepted,) = judged(answer(200), answer(500), full=True, accepted=[verdict["id"]])
    assert (accepted["verdict"], accepted["accepted"], accepted["id"]) == ("declared", True, verdict["id"])
    assert judged(answer(200), answer(500), accepted=["all"]) == [("declared", "error")]
    assert judged(answer(200), answer(500), accepted=["00000000"]) == [("regression", "error")]


def test_ids_are_the_same_in_the_next_run_whatever_the_probe_is_called(judged):
    (one,) = judged(answer(200), answer(500), full=True, probe={"shown": "GET x"})
    (two,) = judged(answer(200), answer(503), full=True, probe={"shown": "GET x", "why": "name"})
    assert one["id"] == two["id"]


def test_verdicts_of_one_cause_share_their_group(judged):
    (one,) = judged(answer(200), answer(500), full=True, probe={"shown": "GET x"})
    (two,) = judged(answer(200), answer(500), full=True, probe={"shown": "GET y"})
    (three,) = judged(answer(200), answer(404), full=True, probe={"shown": "GET y"})
    assert one["group"] == two["group"] != three["group"]


def test_a_backend_that_the_shadow_cannot_reach_is_inconclusive_with_the_reason(judged):
    backends = [{"target": "db.test:9000", "state": "unbridged", "why": "no route"}]
    (verdict,) = judged(answer(200), answer(503), backends=backends, full=True)
    assert (verdict["verdict"], verdict["after"]) == ("inconclusive", "the shadow cannot reach db.test:9000: no route")


def test_a_backend_that_refuses_on_the_host_too_is_a_regression(judged):
    backends = [{"target": "127.0.0.1:9001", "state": "refused", "why": "Connection refused"}]
    assert judged(answer(200), answer(503), backends=backends) == [("regression", "error")]


def test_a_backend_that_is_down_before_and_after_is_inconclusive(judged):
    assert judged(answer(503), answer(503)) == [("inconclusive", "backend")]
    assert judged(answer(500), answer(500)) == [("same", "same")]


def test_no_answer_at_all_is_not_blamed_on_a_backend_that_the_log_does_not_name(judged):
    backends = [{"target": "db.test:9000", "state": "unbridged", "why": "no route"}]
    silent = answer(None, why="the connection was closed without an answer")
    assert judged(answer(200), silent, backends=backends) == [("regression", "no-answer")]
    named = {
        **silent,
        "log": ["[proxy:error] AH00957: http: attempt to connect to 10.0.0.9:9000 (db.test:9000) failed"],
    }
    assert judged(answer(200), named, backends=backends) == [("inconclusive", "backend")]
