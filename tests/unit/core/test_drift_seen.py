"""A host's answer becomes values, or is refused."""

from __future__ import annotations

import base64

import pytest

from safedeploy.core.drift_seen import drift_seen_from_json

ENTRY = {"kind": "file", "sha256": "1" * 64, "size": 1, "mode": "0644", "owner": "root", "group": "root"}


def answer(**drift):
    return {"live": {}, "live_digest": "", "state": {}, "drift": drift}


def test_an_answer_of_an_agent_that_tells_less_is_read():
    seen = drift_seen_from_json("web1", {"live": {}, "live_digest": ""})
    assert (seen.extra, seen.refused, seen.configtest, seen.notes) == ((), (), None, ())


def test_what_is_told_is_read():
    extra = [
        {"path": "/x", "how": "loaded", "because": "*", "entry": ENTRY, "content": base64.b64encode(b"x").decode()}
    ]
    seen = drift_seen_from_json(
        "web1",
        answer(
            extra=extra,
            configtest={"ok": False, "output": "AH00526"},
            certificates=[{"path": "/c", "place": "f:1", "names": ["www"], "not_after": 5, "error": None}],
            changed={"/x": {"modified": 1.0, "changed": 2.0, "owner": "root", "of": "/x"}},
            who={"/x": [{"source": "sudo", "at": 1.0, "text": "alice ran"}]},
        ),
    )
    assert seen.extra[0].content == b"x"
    assert seen.configtest == "AH00526"
    assert seen.certificates[0].end.not_after == 5
    assert seen.who["/x"][0].at == "1970-01-01T00:00:01Z"


@pytest.mark.parametrize(
    "drift",
    [
        {"extra": {"a": 1}},
        {"extra": [{"path": "/x", "entry": {"kind": "no"}}]},
        {"extra": [{"path": "/x", "how": 5, "entry": ENTRY}]},
        {"content": {"/x": "not base64!"}},
        {"changed": {"/x": {"modified": 1e300, "changed": 1}}},
        {"changed": {"/x": {}}},
        {"certificates": [{"path": "/c", "not_after": 1e300}]},
        {"who": {"/x": "root"}},
        {"who": {"/x": [{"source": "s", "text": "t", "at": 1e300}]}},
        {"configtest": [1]},
        {"validated": "all"},
    ],
)
def test_an_answer_of_another_shape_is_refused_as_a_whole(drift):
    with pytest.raises(ValueError, match=r"web1|wrong|not a valid|entry|base64|year"):
        drift_seen_from_json("web1", answer(**drift))


def test_no_text_of_a_host_can_move_the_cursor_and_no_list_is_endless():
    evil = "\x1b[2Jgone\u202e"
    extra = [{"path": f"/{number}{evil}", "how": evil, "because": evil, "entry": ENTRY} for number in range(2000)]
    who = {f"/{evil}": [{"source": evil, "at": None, "text": f"{evil}\nsecond line"}] * 1000}
    seen = drift_seen_from_json("web1", answer(extra=extra, who=who, notes=[evil] * 1000))
    (hints,) = seen.who.values()
    assert len(seen.extra) == 500
    assert len(hints) == 20
    texts = [seen.extra[0].path, seen.extra[0].how, hints[0].text, *seen.notes, *seen.who]
    assert not any("\x1b" in text or "\u202e" in text or "\n" in text for text in texts)
    assert len(seen.notes) == 201
