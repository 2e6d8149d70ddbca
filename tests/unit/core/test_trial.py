"""What a host says of its trial becomes values: without secrets, and whatever else an agent may send."""

from __future__ import annotations

from safedeploy.core.masking import Masker
from safedeploy.core.trial import Judgement, trial_from_json

VERDICT = {
    "id": "3f2a9c01",
    "verdict": "regression",
    "kind": "error",
    "request": "GET http://www.example.test/",
    "before": "200",
    "after": "500",
    "place": "/etc/apache2/sites-enabled/www.conf:3",
    "log": ["one", "two"],
    "group": "g",
}


def test_nothing_said_is_nothing_found():
    trial = trial_from_json({}, str)
    assert trial.shadow is None
    assert trial.verdicts == trial.findings == trial.differences == ()


def test_a_regression_stands_in_the_way_until_it_is_accepted():
    assert [one.id for one in trial_from_json({"verdicts": [VERDICT]}, str).regressions] == ["3f2a9c01"]
    accepted = {"verdicts": [{**VERDICT, "verdict": "declared", "accepted": True}], "accepted": ["3f2a9c01"]}
    trial = trial_from_json(accepted, str)
    assert trial.regressions == ()
    assert [one.accepted for one in trial.verdicts] == [True]
    assert trial_from_json({"verdicts": [VERDICT], "accepted": ["3f2a9c01"]}, str).regressions == ()


def test_what_is_the_same_or_of_a_newer_kind_is_left_out():
    trial = trial_from_json({"verdicts": [{**VERDICT, "verdict": "same"}, {**VERDICT, "verdict": "odd"}, "text"]}, str)
    assert trial.verdicts == ()


def test_every_text_is_masked():
    secret = "correct-horse"
    value = {
        "findings": [{"severity": "error", "kind": "k", "text": secret, "place": secret, "next": secret}],
        "differences": [{"kind": "k", "text": secret, "before": secret, "after": [secret, secret]}],
        "validated": [{"validator": "nginx", "files": [secret], "ok": True}, secret],
        "shadow": {
            "state": "none",
            "why": secret,
            "limits": [secret],
            "backends": [{"target": secret, "state": "unbridged", "why": secret}],
        },
        "verdicts": [
            {**VERDICT, "request": secret, "before": secret, "after": secret, "place": secret, "log": [secret]}
        ],
    }
    trial = trial_from_json(value, Masker([secret]).text)
    assert secret not in repr(trial)
    assert trial.verdicts[0].id == "3f2a9c01"


def test_the_shadow_tells_how_far_it_got():
    shadow = trial_from_json(
        {
            "shadow": {
                "state": "compared",
                "seconds": 1.5,
                "probes": {"asked": 9, "same": 8, "regression": 1},
                "limits": ["cut short"],
                "backends": [{"target": "10.0.0.9:80", "state": "unbridged", "why": "no route"}, {"target": "x:1"}],
            }
        },
        str,
    ).shadow
    assert shadow is not None
    assert (shadow.state, shadow.asked, shadow.seconds) == ("compared", 9, 1.5)
    assert shadow.limits == ("cut short", "the shadow cannot reach 10.0.0.9:80: no route")


def test_verdicts_are_told_apart_by_kind():
    trial = trial_from_json({"verdicts": [VERDICT, {**VERDICT, "verdict": "inconclusive"}]}, str)
    assert [one.judgement for one in trial.of(Judgement.INCONCLUSIVE)] == [Judgement.INCONCLUSIVE]


def test_a_validator_that_did_not_accept_is_said_so():
    value = {"validated": [{"validator": "nginx", "files": ["/a", "/b"], "ok": False}, {"validator": "v", "files": []}]}
    assert trial_from_json(value, str).validated == ("nginx: /a, /b (not accepted)", "v: ")
