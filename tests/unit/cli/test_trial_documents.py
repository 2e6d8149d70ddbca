"""The JSON of a preflight has what the screen has."""

from __future__ import annotations

from safedeploy.cli.trial_documents import examined_member, preflight_members
from safedeploy.core.examined import Examined
from safedeploy.core.preflight import Preflight
from tests.unit.cli.test_preflight_view import HTACCESS, broken, check


def test_a_regression_carries_its_likely_lines():
    document = preflight_members(Preflight(hosts={"web1": check(broken(), HTACCESS)}))["web1"]
    first, *_, last = document["verdicts"]
    assert first["likely"] == [
        {
            "path": "/var/www/app/.htaccess",
            "line": 2,
            "origin": "htaccess.j2:9 (safedeploy_files[7])",
            "text": "+ Options -Indexes",
        }
    ]
    assert (last["verdict"], last["likely"], last["accepted"]) == ("inconclusive", [], False)
    assert document["shadow"]["probes"]["asked"] == 96


def test_a_host_that_was_not_asked_says_why():
    assert examined_member(None)["known"] is False
    assert examined_member(None)["why"]
    assert examined_member(Examined())["known"] is True
