"""Secrets in what hosts say when they do not answer the question."""

from __future__ import annotations

from safedeploy.adapters.ssh import Answer, Kind, Refusal, Unreachable
from safedeploy.adapters.ssh.reply import hidden


def hide(text: str) -> str:
    return text.replace("sesame", "***")


def test_a_host_that_repeats_a_password_does_not_get_it_onto_the_screen():
    reply = hidden(Unreachable(kind=Kind.GARBAGE, reason="not understood: sesame"), hide)
    assert isinstance(reply, Unreachable)
    assert reply.reason == "not understood: ***"


def test_a_refusal_is_hidden_in_each_of_its_parts_however_deep():
    before = Refusal(code="bug", message="sesame", state="sesame", next="sesame", detail={"log": [{"line": "sesame"}]})
    after = Refusal(code="bug", message="***", state="***", next="***", detail={"log": [{"line": "***"}]})
    assert hidden(before, hide) == after


def test_an_answer_is_data_and_stays_as_it_came():
    answer = Answer(result={"content": {"/etc/x": "sesame"}})
    assert hidden(answer, hide) is answer
