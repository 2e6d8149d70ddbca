"""Workers and logs: what a single answer does not show."""

from __future__ import annotations

from tests.unit.agent_probes_judge.conftest import answer, effective, node, vhost

CROWD = {"probe": {"why": "crowd", "hold": 24}}
WWW, ERRORS = "/var/log/apache2/www.log", "/var/log/apache2/www-error.log"


def test_a_server_that_answers_nobody_while_some_are_slow_is_a_regression(judged):
    starved = answer(None, why="no complete answer within 2.5 s")
    assert judged(answer(200, ms=3.0), starved, **CROWD) == [("regression", "capacity")]
    assert judged(starved, starved, **CROWD) == [("inconclusive", "capacity")]


def test_a_server_that_answers_nobody_at_all_is_not_a_matter_of_room(judged):
    refused = answer(None, why="connection refused")
    assert judged(answer(200, ms=3.0), refused, **CROWD) == [("same", "same")]


def test_a_server_that_is_much_slower_then_is_a_regression(judged):
    assert judged(answer(200, ms=300.0), answer(200, ms=2200.0), **CROWD) == [("regression", "capacity")]
    assert judged(answer(200, ms=3.0), answer(200, ms=90.0), **CROWD) == [("same", "same")]
    assert judged(answer(200, ms=1500.0), answer(200, ms=2200.0), **CROWD) == [("same", "same")]


def test_a_log_that_stays_empty_is_a_regression(judged):
    verdicts = judged(answer(200), answer(200), live_log_counts={WWW: 20}, candidate_log_counts={WWW: 0}, full=True)
    assert [(one["verdict"], one["kind"]) for one in verdicts] == [("same", "same"), ("regression", "not-logged")]
    assert verdicts[1]["request"] == f"access log {WWW}"


def unasked(number):
    """Probes for which the candidate had no time; the live server had."""
    return [
        {"probe": {"id": f"late-{one}", "why": "log", "url": "http://www.example.test/y"}, "answer": answer(200)}
        for one in range(number)
    ], {f"late-{one}": answer(None, asked=False) for one in range(number)}


def test_a_log_that_stays_empty_for_want_of_time_proves_nothing(judged):
    others, late = unasked(10)
    counts = {"live_log_counts": {WWW: 20}, "candidate_log_counts": {}}
    verdicts = judged(answer(200), answer(200), others=others, late=late, full=True, **counts)
    assert [(one["verdict"], one["kind"]) for one in verdicts] == [("same", "same"), ("inconclusive", "not-logged")]
    assert verdicts[1]["after"] == "none logged, but there was no time for 10 of the requests"


def test_a_log_that_stays_empty_is_a_regression_where_time_explains_only_some_of_it(judged):
    others, late = unasked(9)
    counts = {"live_log_counts": {WWW: 20}, "candidate_log_counts": {}}
    assert ("regression", "not-logged") in judged(answer(200), answer(200), others=others, late=late, **counts)


def test_a_log_whose_lines_another_one_takes_over_as_far_as_there_was_time_is_none(judged):
    others, late = unasked(5)
    counts = {"live_log_counts": {WWW: 20}, "candidate_log_counts": {"/var/log/apache2/new.log": 12}}
    verdicts = judged(answer(200), answer(200), others=others, late=late, **counts)
    assert ("inconclusive", "not-logged") in verdicts
    assert not [one for one in verdicts if one[0] == "regression"]


def test_a_log_that_gets_fewer_lines_is_none(judged):
    verdicts = judged(answer(200), answer(200), live_log_counts={WWW: 20}, candidate_log_counts={WWW: 4})
    assert verdicts == [("same", "same")]


def test_a_log_of_another_name_takes_the_lines_over(judged):
    counts = {"live_log_counts": {WWW: 20}, "candidate_log_counts": {"/var/log/apache2/new.log": 20}}
    assert judged(answer(200), answer(200), **counts) == [("same", "same")]


def logging_to(*targets):
    return effective(vhost("www.example.test"), tree=[node("customlog", target, "combined") for target in targets])


def test_a_log_that_a_program_takes_over_cannot_be_counted(judged):
    counts = {"live_log_counts": {WWW: 20}, "candidate_log_counts": {}}
    piped = {"live_effective": logging_to(WWW), "candidate_effective": logging_to("|/usr/bin/rotatelogs x")}
    assert judged(answer(200), answer(200), **counts, **piped) == [("same", "same")]


def test_a_log_that_is_still_configured_is_not_taken_over_by_a_program(judged):
    counts = {"live_log_counts": {WWW: 20}, "candidate_log_counts": {WWW: 0}}
    both = {"live_effective": logging_to(WWW), "candidate_effective": logging_to(WWW, "|/usr/bin/rotatelogs x")}
    assert ("regression", "not-logged") in judged(answer(200), answer(200), **counts, **both)


def test_an_error_log_that_stays_empty_is_good_news(judged):
    tree = [node("virtualhost", "*:80", children=[node("errorlog", ERRORS)])]
    live = effective(vhost("www.example.test"), tree=tree)
    verdicts = judged(
        answer(200), answer(200), live_log_counts={ERRORS: 9}, candidate_log_counts={}, live_effective=live
    )
    assert verdicts == [("same", "same")]
