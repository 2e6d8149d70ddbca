"""What a host answers to `examine` becomes what the plan shows."""

from __future__ import annotations

from safedeploy.core.examined import examined_from_json


def test_what_the_change_means_and_what_is_wrong_with_it():
    item = examined_from_json(
        {
            "configtest": {"ok": True},
            "restart": {"needed": True, "why": ["another MPM"]},
            "differences": [{"kind": "ports", "text": "httpd also listens on 81."}],
            "findings": [{"severity": "error", "kind": "k", "text": "port 81 is held by nginx"}],
            "method": "namespace",
            "limits": ["mod_info is not installed"],
        },
        str,
    )
    assert (item.why, item.refusal, item.method) == ("", "", "namespace")
    assert item.restart == ("another MPM",)
    assert [one.text for one in item.differences] == ["httpd also listens on 81."]
    assert [one.is_error for one in item.findings] == [True]


def test_a_candidate_that_httpd_refuses_is_told_in_its_words_without_secrets():
    answer = {"configtest": {"ok": False, "output": "Syntax error near hush\n"}}
    assert examined_from_json(answer, lambda text: text.replace("hush", "*")).refusal == "Syntax error near *"
