"""The real server after the switch, held against what its shadow answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.apache


@pytest.fixture
def checked(apache) -> Callable[..., list[dict[str, Any]]]:
    """The verdicts on the running server for probes that may be asked of it."""
    from safedeploy_host.probes.live import check  # noqa: PLC0415 -- found through the path that conftest.py sets

    def one(probes, before, expected, **more):
        probes = [{"id": f"probe-{number}", "live_too": True, **probe} for number, probe in enumerate(probes)]
        return check(apache.site, probes, before, expected, **more)

    return one


def answers(asked, *probes):
    found = asked(*probes)
    return found if len(probes) > 1 else {"probe-0": found}


def written(apache, log, path: str) -> int:
    """How often httpd was asked for a path. A line comes after its answer, so httpd finishes first, then starts."""
    assert apache.control("graceful-stop").returncode == 0
    deadline = time.monotonic() + 10
    while apache.processes():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    found = log.read_text().count(f"GET {path} ")
    apache.start()
    return found


def test_a_server_that_answers_as_its_shadow_did_is_fine(apache, asked, probe, checked):
    page = probe("/index.html")
    before = answers(asked, page)
    assert [one["verdict"] for one in checked([page], before, before)] == ["same"]


def test_a_server_that_is_worse_than_its_shadow_and_than_before_is_not(apache, asked, probe, checked):
    page = probe("/index.html")
    before = answers(asked, page)
    (apache.root / "www/www.example.test/index.html").unlink()
    (verdict,) = checked([page], before, before)
    assert (verdict["verdict"], verdict["kind"]) == ("regression", "error")


def test_the_server_that_visitors_use_is_asked_once_where_a_shadow_is_asked_twice(apache, asked, probe, checked):
    log = apache.root / "log" / "line"
    apache.write("mods-enabled/zz.conf", f'CustomLog {log} "%r"\n')
    page = probe("/index.html")
    before = answers(asked, page)
    in_shadow = written(apache, log, "/index.html")
    checked([page], before, before)
    assert (in_shadow, written(apache, log, "/index.html")) == (2, 3)


def test_what_was_as_bad_before_the_push_does_not_speak_against_it(apache, asked, probe, checked):
    page = probe("/missing.html")
    before = answers(asked, page)
    fine = {"probe-0": {**before["probe-0"], "status": 200}}
    assert [one["verdict"] for one in checked([page], before, fine)] == ["changed"]


def test_a_server_that_is_down_is_noticed(apache, asked, probe, checked):
    page = probe("/index.html")
    before = answers(asked, page)
    apache.kill()
    assert [one["kind"] for one in checked([page], before, before)] == ["no-answer"]


def test_another_body_than_in_the_shadow_is_no_reason_to_go_back(apache, asked, probe, checked):
    page = probe("/index.html")
    before = answers(asked, page)
    (apache.root / "www/www.example.test/index.html").write_text("something else")
    assert [one["verdict"] for one in checked([page], before, before)] == ["changed"]


def test_what_a_client_elsewhere_may_see_says_nothing_when_this_host_asks(apache, asked, probe, checked):
    page = probe("/index.html", source="192.0.2.7")
    seen = answers(asked, probe("/index.html"))
    apache.write("mods-enabled/zz.conf", "<Location />\nRequire ip 192.0.2.7\n</Location>\n")
    assert apache.control("restart").returncode == 0
    apache.wait_until_answering()
    assert [one["verdict"] for one in checked([page], seen, seen)] == ["inconclusive"]


def test_probes_that_are_for_shadows_alone_are_not_asked(apache, asked, probe, checked):
    page = probe("/index.html")
    before = answers(asked, page)
    assert checked([{**page, "live_too": False}], before, before) == []


def test_redirects_are_not_followed_without_the_configuration(apache, asked, probe, checked):
    apache.write("mods-enabled/zz.conf", "Redirect permanent /old /index.html\n")
    old = probe("/old", follow=True)
    before = answers(asked, old)
    assert [one["verdict"] for one in checked([old], before, before)] == ["same"]


def test_the_error_log_says_why(apache, asked, probe, checked):
    from safedeploy_host.probes.live import kept  # noqa: PLC0415

    page = probe("/index.html")
    before = answers(asked, page)
    apache.write("mods-enabled/zz.conf", "<Location />\nRequire all denied\n</Location>\n")
    assert apache.control("restart").returncode == 0
    apache.wait_until_answering()
    known = {"vhosts": [], "listen": [], "error_log": str(apache.error_log), "tree": [], "modules": ["core"]}
    (verdict,) = checked([page], before, before, effective=kept(known))
    assert any("AH01630" in line for line in verdict["log"])
