"""Another virtual host, or another site's page, answers."""

from __future__ import annotations

from tests.unit.agent_probes_judge.conftest import answer, effective, vhost

FILE = "/etc/apache2/sites-enabled/all.conf"
DEFAULT, WWW = vhost("default.test"), vhost("www.example.test", 5)
AT_DEFAULT, AT_WWW = {"vhost": f"{FILE}:1"}, {"vhost": f"{FILE}:5"}


def sides(live, candidate):
    return {"live_effective": effective(*live), "candidate_effective": effective(*candidate)}


def test_a_site_that_vanishes_behind_the_default_server_is_a_regression(judged):
    both = sides([DEFAULT, WWW], [DEFAULT])
    verdicts = judged(answer(200, "www", **AT_WWW), answer(200, "default", **AT_DEFAULT), **both, full=True)
    assert [(one["verdict"], one["kind"]) for one in verdicts] == [("regression", "other-site")]
    assert verdicts[0]["before"] == "200 from www.example.test"
    assert verdicts[0]["after"] == "200 from default.test"


def test_the_errors_and_headers_of_the_other_site_are_no_further_regressions(judged):
    both = sides([DEFAULT, WWW], [DEFAULT])
    before = answer(200, "www", **AT_WWW, headers={"content-type": "text/html", "x-frame-options": "DENY"})
    assert judged(before, answer(404, "default", **AT_DEFAULT), **both) == [("regression", "other-site")]


def test_another_default_server_for_names_that_nobody_has_is_a_regression(judged):
    both = sides([DEFAULT, vhost("new.test", 5)], [vhost("new.test"), vhost("default.test", 5)])
    stranger = {"probe": {"url": "http://stranger.invalid/"}}
    live, candidate = answer(200, "default", **AT_DEFAULT), answer(200, "new", **AT_DEFAULT)
    assert judged(live, candidate, **both, **stranger) == [("regression", "other-site")]


def test_the_only_site_was_not_chosen_to_answer_for_strangers(judged):
    both = sides([DEFAULT], [vhost("new.test"), vhost("default.test", 5)])
    stranger = {"probe": {"url": "http://stranger.invalid/"}}
    live, candidate = answer(200, "default", **AT_DEFAULT), answer(200, "new", **AT_DEFAULT)
    assert judged(live, candidate, **both, **stranger) == [("changed", "new-site")]


def test_a_new_site_for_a_name_that_nobody_had_is_none(judged):
    both = sides([DEFAULT], [DEFAULT, WWW])
    verdicts = judged(answer(200, "default", **AT_DEFAULT), answer(200, "www", **AT_WWW), **both)
    assert verdicts == [("changed", "new-site")]


def test_two_virtual_hosts_that_answer_the_same_are_as_good_as_one(judged):
    both = sides([DEFAULT, WWW], [DEFAULT])
    assert judged(answer(200, "one", **AT_WWW), answer(200, "one", **AT_DEFAULT), **both) == [("same", "same")]


def test_a_site_that_gets_another_main_name_is_the_same_site(judged):
    renamed = vhost("shop.example.test", 5, aliases=["www.example.test"])
    both = sides([DEFAULT, vhost("www.example.test", 5, aliases=["shop.example.test"])], [DEFAULT, renamed])
    explained = {"changes": {"/var/www/shop/page.html": {"kind": "file", "sha256": answer(200, "new")["sha256"]}}}
    verdicts = judged(answer(200, "old", **AT_WWW), answer(200, "new", **AT_WWW), **both, **explained)
    assert verdicts == [("declared", "pushed")]


def test_a_site_whose_file_is_renamed_is_the_same_site(judged):
    moved = {**WWW, "file": "/etc/apache2/sites-enabled/renamed.conf"}
    both = sides([DEFAULT, WWW], [DEFAULT, moved])
    candidate = answer(404, vhost="/etc/apache2/sites-enabled/renamed.conf:5")
    assert judged(answer(404, **AT_WWW), candidate, **both) == [("same", "same")]


def test_the_page_of_another_site_is_recognised_by_its_content(judged):
    both = sides([DEFAULT, WWW], [DEFAULT, WWW])
    other = {
        "probe": {"id": "two", "why": "log", "url": "http://default.test/x"},
        "answer": answer(200, "d", **AT_DEFAULT),
    }
    verdicts = judged(answer(200, "w", **AT_WWW), answer(200, "d", **AT_WWW), **both, others=[other], full=True)
    assert [(one["verdict"], one["kind"]) for one in verdicts] == [("regression", "other-site")]
    assert verdicts[0]["after"] == "the page of default.test"
