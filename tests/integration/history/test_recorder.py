"""Recording a run: with a good store, without one, and with neither store nor spool."""

from __future__ import annotations

import dataclasses
import re
import time

import pytest

from safedeploy.adapters.history import runs as stored
from safedeploy.adapters.history.place import place
from safedeploy.adapters.history.store import Store
from safedeploy.workflows.events import Milestone, Phase, Status
from safedeploy.workflows.lately import lately
from safedeploy.workflows.recorder import Recorder
from safedeploy.workflows.session import Session, Target
from tests.integration.history.story import recorded

SETTINGS = "version: 1\nproject: www\nenvironments:\n  prod:\n    history:\n      "


@pytest.fixture
def recording(tmp_path, monkeypatch):
    """Run a made-up run under these settings; the session, and what the screen is told at its end."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "inventories/prod").mkdir(parents=True)

    def run(settings, *, secrets=()):
        (tmp_path / "safedeploy.yml").write_text(SETTINGS + settings)
        session = Session(Target(project=tmp_path, environment="prod"))
        session.know(secrets)
        recorder = Recorder(session)
        session.attach(recorder)
        session.events.milestone(Milestone.RUN_STARTED, {"command": "push", "reason": "because of correct-horse"})
        session.events.phase(Phase.OBSERVE, "1 host")
        session.events.host("web1", Phase.OBSERVE, Status.FAILED, "it said correct-horse\x1b[31m\x00 to me")
        session.plan_document = {
            "format": "safedeploy-plan",
            "hosts": {"web1": {"actions": [], "problems": ["correct-horse"]}},
        }
        document = {"format": "safedeploy-push", "hosts": {"web1": {"end": "confirmed", "why": "correct-horse"}}}
        session.events.milestone(Milestone.RUN_ENDED, {"exit_code": 0, "error": None, "document": document})
        began = time.monotonic()
        line = recorder.finish()
        assert time.monotonic() - began < 4
        return session, line

    return run


def test_a_run_is_recorded_and_leaves_no_spool(recording, tmp_path):
    session, line = recording("enabled: true\n")
    assert line is None
    run, events = recorded(place(session.policy.history), session.identity.run)
    assert run is not None
    assert (run.command, run.summary, run.actor) == ("push", "1 confirmed", session.identity.actor)
    assert [event.kind for event in events if event.kind != "provenance"] == [
        "run-started",
        "phase",
        "host",
        "run-ended",
    ]
    assert list((tmp_path / "state/safedeploy/spool").iterdir()) == []


def test_no_secret_and_no_control_sequence_is_stored(recording, tmp_path):
    session, _ = recording("enabled: true\n", secrets=["correct-horse"])
    _, events = recorded(place(session.policy.history), session.identity.run)
    assert [event.text for event in events if event.kind == "host"] == ["it said ******** to me"]
    with Store(place(session.policy.history)).reading() as connection:
        assert "correct-horse" not in str(stored.documents(connection, session.identity.run))
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert b"correct-horse" not in kept


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ("url: postgresql://nobody@127.0.0.1:1/x\n", "Connection refused"),
        ("url: sqlite:////proc/version\n", "unable to open database file"),
        ("url_env: NO_SUCH_VARIABLE\n", r"the variable NO_SUCH_VARIABLE \(history.url_env\) is not set"),
    ],
)
def test_without_a_store_the_run_is_kept_in_the_spool_and_the_next_one_delivers_it(recording, settings, why):
    first, line = recording(settings)
    assert line is not None
    assert line.startswith("history: the store cannot be reached (")
    assert line.endswith("); this run is kept in the spool, and the next run delivers it")
    assert re.search(why, line)
    second, line = recording("enabled: true\n")
    assert line is None
    for session in (first, second):
        run, _ = recorded(place(second.policy.history), session.identity.run)
        assert run is not None
        assert run.summary == "1 confirmed"


def test_with_neither_store_nor_spool_one_line_says_so(recording, tmp_path):
    (tmp_path / "state").write_text("no directory")
    _, line = recording("url: postgresql://nobody@127.0.0.1:1/x\n")
    assert line is not None
    assert line.startswith("history: this run could not be recorded whole: the store cannot be reached (")
    assert line.endswith("and the spool not be written (Not a directory)")


def test_without_a_spool_the_store_has_it_all_and_the_screen_says_what_is_missing(recording, tmp_path):
    (tmp_path / "state").write_text("no directory")
    session, line = recording(f"url: sqlite:///{tmp_path}/other/history.db\n")
    assert line is not None
    assert "not safe from a crash on the way: the spool cannot be written (Not a directory)" in line
    run, _ = recorded(place(session.policy.history), session.identity.run)
    assert run is not None


def test_what_a_run_is_changing_is_known_before_its_end(recording, tmp_path):
    session, _ = recording("enabled: true\n")
    recorder, run = Recorder(session), session.identity.run.replace("T", "U")
    session.identity = dataclasses.replace(session.identity, run=run)
    recorder.milestone(Milestone.RUN_STARTED, {"command": "push", "reason": ""})
    recorder.milestone(Milestone.ROLLOUT_STARTED, {"verb": "push", "release": "aaaa", "hosts": ["web1", "web2"]})
    recorder.phase(Phase.ROLLOUT, "2 hosts")
    known, deadline = None, time.monotonic() + 10
    while known is None and time.monotonic() < deadline:
        known = next((one for one in lately(session.policy, 0.0).changes or () if one.run == run), None)
    assert known is not None
    assert (known.ended, known.release, known.hosts) == (None, "aaaa", ("web1", "web2"))
    recorder.milestone(Milestone.RUN_ENDED, {"exit_code": 3, "error": None, "document": None})
    assert recorder.finish() is None
    assert lately(session.policy, 0.0).changes == (), "it left nothing on any host"
