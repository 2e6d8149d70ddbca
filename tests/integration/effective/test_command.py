"""The command `examine`: from memory, without a state directory, and without a trace."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from safedeploy_host import program
from safedeploy_host.protocol import AgentError, Request

from tests.apache_fixture import Apache
from tests.integration.effective.examined import Change

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]

Json = dict[str, Any]


def request(change: Change, **more: Any) -> Json:
    objects = {sha256: base64.b64encode(content).decode() for sha256, content in change.objects.items()}
    return {"site": change.apache.site, "entries": change.entries, "objects": objects, **more}


def call(value: Json) -> Json:
    result: Json = program.command("examine")(Request(value))
    return result


def test_it_answers_what_a_plan_needs_and_leaves_the_host_as_it_was(apache: Apache) -> None:
    before = apache.snapshot()
    change = Change(apache).site("new.example.test", "RewriteEngine On\nRewriteRule ^old /new [R]")
    apache_modules = change.link("mods-enabled/rewrite.load", "../mods-available/rewrite.load")

    answer = call(request(apache_modules))

    assert json.loads(json.dumps(answer)) == answer
    assert answer["configtest"]["ok"]
    assert answer["restart"] == {"needed": False, "why": []}
    assert answer["method"] == "namespace"
    assert answer["limits"] == []
    assert {one["kind"] for one in answer["differences"]} == {"vhost-new", "modules", "default-server"}
    assert [(one["severity"], one["kind"]) for one in answer["findings"]] == [("error", "rewrite-never-matches")]
    assert apache.snapshot() == before
    assert not (apache.root / "state").exists()


def test_a_candidate_that_httpd_refuses_is_an_answer(apache: Apache) -> None:
    answer = call(request(Change(apache).file("conf-enabled/x.conf", "Nonsense\n")))

    assert answer["configtest"]["ok"] is False
    assert (answer["differences"], answer["findings"]) == ([], [])


def test_entries_that_are_live_already_are_no_change(apache: Apache) -> None:
    text = (apache.etc / "ports.conf").read_text()

    answer = call(request(Change(apache).file("ports.conf", text)))

    assert (answer["differences"], answer["findings"]) == ([], [])


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"entries": None}, "bad-request"),
        ({"entries": {"relative": {"kind": "absent"}}}, "bad-request"),
        ({"objects": {}}, "object-missing"),
        ({"objects": {"0" * 64: ""}}, "bad-request"),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused_by_its_code(apache: Apache, broken: Json, code: str) -> None:
    change = Change(apache).file("conf-enabled/x.conf", "Timeout 30\n")

    with pytest.raises(AgentError) as refused:
        call({**request(change), **broken})

    assert refused.value.code == code


def test_a_host_without_httpd_says_so(apache: Apache) -> None:
    value = request(Change(apache))
    value["site"]["httpd"]["binary"] = "/nowhere/httpd"

    with pytest.raises(AgentError) as refused:
        call(value)

    assert refused.value.code == "no-httpd"
