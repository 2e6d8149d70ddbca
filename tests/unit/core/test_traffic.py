"""What the error-rate gate found, as values."""

from __future__ import annotations

from safedeploy.core.traffic import Counted, NewKind, Workers, traffic_from_json

RECORD = {
    "hosts": ["web1"],
    "verdict": "stop",
    "action": "taken back",
    "why": "secret rose",
    "line": "web1: 3 requests",
    "requests": {"requests": 3, "server_errors": 1, "share": 0.333333},
    "signatures": [{"key": "AH1", "level": "error", "count": 2, "sample": "secret \x1b[1m"}],
    "busy": {"web1": {"busy": 1, "idle": 2, "served": 3}},
    "notes": ["web1: secret"],
}


def test_a_record_becomes_values():
    (found,) = traffic_from_json([RECORD])
    assert found.hosts == ("web1",)
    assert found.now == Counted(requests=3, server_errors=1, share=0.333333)
    assert found.before == Counted()
    assert found.workers == {"web1": Workers(busy=1, idle=2, served=3)}


def test_secrets_and_escapes_are_taken_out_of_what_came_from_hosts():
    (found,) = traffic_from_json([RECORD], lambda text: text.replace("secret", "***"))
    assert found.signatures == (NewKind(key="AH1", level="error", count=2, sample="***"),)
    assert (found.why, found.notes) == ("*** rose", ("web1: ***",))
