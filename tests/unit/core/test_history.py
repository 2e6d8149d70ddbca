"""The words for how a run ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from safedeploy.core.history import STILL, Event, Run, standing, summary
from safedeploy.core.moments import since

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = Run(run="r", environment="prod", project="www", command="push", actor="anna", started=NOW)


def test_the_hosts_of_a_push_are_counted_by_their_ends():
    hosts = {"a": {"end": "confirmed"}, "b": {"end": "reverted"}, "c": {"end": "confirmed"}}
    assert summary(6, None, {"format": "safedeploy-push", "hosts": hosts}) == "2 confirmed, 1 reverted"


@pytest.mark.parametrize(
    ("code", "error", "document", "words"),
    [
        (0, None, None, "done"),
        (1, None, None, "exit code 1"),
        (3, {"code": "settings-invalid"}, None, "settings-invalid"),
        (0, None, {"format": "safedeploy-plan", "hosts": {"a": {"verdict": "change"}}}, "1 to change"),
        (0, None, {"format": "safedeploy-plan", "hosts": {"a": {"verdict": "nothing"}}}, "no change"),
        (4, {"code": "finding"}, {"format": "safedeploy-check", "ok": False}, "refused, finding"),
        (0, None, {"format": "safedeploy-drift", "items": []}, "no drift"),
        (8, None, {"format": "safedeploy-drift", "items": [{}, {}]}, "2 found"),
    ],
)
def test_a_run_in_a_few_words(code, error, document, words):
    assert summary(code, error, document) == words


@pytest.mark.parametrize(
    ("after", "lives", "words"),
    [
        (timedelta(), True, "is running; so far: 1 confirmed"),
        (timedelta(minutes=1), False, "is running, or died; so far: 1 confirmed"),
        (STILL + timedelta(minutes=1), False, "did not end; so far: 1 confirmed"),
    ],
)
def test_a_run_without_an_end_is_never_told_as_a_success(after, lives, words):
    event = Event(run="r", seq=1, at=NOW, kind="host-ended", host="web1", result="confirmed")
    assert standing(RUN, [event], NOW + after, lives=lives) == words
    assert RUN.failed


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-01", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026-02-01T10:30", datetime(2026, 2, 1, 10, 30, tzinfo=UTC)),
        ("7d", NOW - timedelta(days=7)),
        ("12h", NOW - timedelta(hours=12)),
    ],
)
def test_moments_as_people_write_them(text, moment):
    assert since(text, NOW) == moment


@pytest.mark.parametrize("text", ["yesterday", "7", "999999w", ""])
def test_what_is_no_moment_is_refused_with_what_would_be(text):
    with pytest.raises(ValueError, match="neither a date"):
        since(text, NOW)
