"""What becomes of a comparison when one of the two shadows, or both, do not last until they have been asked."""

from __future__ import annotations

import pytest
from safedeploy_host.compared import Comparison
from safedeploy_host.probes import plan
from safedeploy_host.protocol import AgentError
from safedeploy_host.shadow import pair
from safedeploy_host.shadow.privilege import NoNamespaces

SITE = {"server_root": "/nowhere", "httpd": {"binary": "/nowhere/httpd", "main_config": "/nowhere/httpd.conf"}}
SIDE = {"vhosts": [], "listen": [], "tree": [], "pid_file": None, "error_log": None}
PLANNED = {"probes": [], "world": {}, "notes": []}
SHORT = "the host ran short of memory, and the live server comes first"


def booted(*, up=True, why="", asked=True, **more):
    return {
        "up": up,
        "why": why,
        "value": {"answers": {}, "logs": {}} if up and asked else None,
        "limits": [],
        "backends": [],
        "peak_bytes": 0,
        "output": "",
        "error_log": [],
        **more,
    }


@pytest.fixture
def compare(monkeypatch):
    """Compare two shadows that ended so."""

    def one(live, candidate):
        monkeypatch.setattr(plan, "plan", lambda *_args, **_named: PLANNED)
        monkeypatch.setattr(pair, "run", lambda *_args, **_named: {"live": live, "candidate": candidate})
        request = {"probing": {}, "expect": [], "accept": [], "going_back": False, "health": []}
        found = Comparison(SITE, {}, None, request, {"live": SIDE, "candidate": SIDE})
        found.run()
        return found.found["shadow"]

    return one


def test_two_that_were_asked_are_compared(compare):
    assert compare(booted(), booted())["state"] == "compared"


def test_a_live_shadow_that_does_not_last_is_no_comparison_and_says_so(compare):
    shadow = compare(booted(asked=False, why="the shadow was killed"), booted())
    assert (shadow["state"], shadow["why"]) == ("candidate-only", "the shadow was killed")


def test_a_candidate_that_does_not_last_beside_a_live_one_that_does_is_refused(compare):
    with pytest.raises(AgentError, match="does not stay up with this configuration: the shadow took 600 MiB") as caught:
        compare(booted(), booted(asked=False, why="the shadow took 600 MiB of memory"))
    assert caught.value.code == "shadow-failed"


def test_a_candidate_that_takes_too_much_is_refused_also_when_the_live_one_goes_down_with_it(compare):
    with pytest.raises(AgentError, match="took 600 MiB"):
        compare(booted(asked=False, why=SHORT), booted(asked=False, why="the shadow took 600 MiB of memory"))


def test_a_host_without_room_for_either_is_no_verdict_on_the_candidate(compare):
    with pytest.raises(NoNamespaces, match="neither configuration stays up in a shadow: the host ran short"):
        compare(booted(asked=False, why=SHORT), booted(asked=False, why=SHORT))


def test_what_httpd_said_is_shown_without_values_of_queries(compare):
    log = ["[core:error] no such page: /x?token=geheim, referer: http://a.test/?q=geheim"]
    with pytest.raises(AgentError) as caught:
        compare(booted(), booted(up=False, why="x", error_log=log, output="see http://ann:geheim@a.test/?geheim"))
    assert "geheim" not in str(caught.value.detail)
