"""The preflight's verdict over all hosts."""

from __future__ import annotations

from typing import Any

import pytest

from safedeploy.core.errors import ExitCode
from safedeploy.core.outcome import Answers
from safedeploy.core.preflight import judge_preflight

PASSED: dict[str, Any] = {
    "ok": True,
    "result": {"configtest": {"ok": True, "method": "namespace", "warnings": ["AH00558: x"]}},
}


def refused(code: str, output: str = "") -> Answers:
    return Answers(prepare={"ok": False, "error": {"code": code, "message": "no", "detail": {"output": output}}})


def test_all_passed() -> None:
    verdict = judge_preflight(["web1"], {"web1": Answers(prepare={"ok": True}, preflight=PASSED)})
    assert verdict.ok
    assert verdict.hosts["web1"].method == "namespace"
    assert verdict.hosts["web1"].warnings == ("AH00558: x",)


def test_httpds_own_words_are_kept() -> None:
    verdict = judge_preflight(["web1"], {"web1": refused("configtest-failed", "Syntax error on line 3")})
    assert verdict.failed[0].detail == "Syntax error on line 3"


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([refused("lease-held")], ExitCode.LEASE_HELD),
        ([refused("configtest-failed")], ExitCode.REFUSED),
        ([refused("lease-held"), refused("configtest-failed")], ExitCode.REFUSED),
        ([Answers(seen="unreachable: no route")], ExitCode.UNREACHABLE),
        ([Answers(seen="failed: no python")], ExitCode.REFUSED),
        ([Answers()], ExitCode.REFUSED),
    ],
)
def test_exit_code(answers: list[Answers], code: ExitCode) -> None:
    named = {f"web{number}": item for number, item in enumerate(answers)}
    verdict = judge_preflight(list(named), named)
    assert not verdict.ok
    assert verdict.exit_code is code


def test_a_refusal_carries_what_was_found_until_then_and_no_secret() -> None:
    verdict = {"id": "00000001", "verdict": "regression", "kind": "error", "request": "GET http://x/", "after": "hush"}
    detail = {
        "configtest": {"ok": True, "method": "namespace", "warnings": ["hush"]},
        "shadow": {"state": "compared", "probes": {"asked": 1}},
        "verdicts": [verdict],
        "output": "hush",
        "log": ["AH1", "hush"],
    }
    answers = Answers(preflight={"ok": False, "error": {"code": "regression", "message": "hush", "detail": detail}})
    verdicts = judge_preflight(["web1"], {"web1": answers}, lambda text: text.replace("hush", "*"))
    (check,) = verdicts.failed
    assert (check.code, check.method, check.detail) == ("regression", "namespace", "*\nAH1\n*")
    assert [one.id for one in check.trial.regressions] == ["00000001"]
    assert "hush" not in repr(check)
    assert verdicts.exit_code is ExitCode.REFUSED
