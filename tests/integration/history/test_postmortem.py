"""What a post-mortem has from the history, in a store of each kind, with no host asked."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from safedeploy.adapters.history.store import Store
from safedeploy.workflows.lately import lately
from safedeploy.workflows.postmortem import postmortem
from safedeploy.workflows.session import Session, Target
from tests.integration.history.story import NOW
from tests.integration.history.test_runs import put, tree_records

RUN = "20260301T120000Z-aaaaaa"
HOUR = 3600.0
DIAGNOSIS = {
    "format": "safedeploy-diagnosis",
    "named": "change",
    "hypotheses": [
        {"id": "change", "title": "a change", "for": ["12 s before"], "verdict": "likely", "refers": {"run": RUN}},
        {"id": "flood", "title": "a flood", "against": ["as many as before"], "verdict": "ruled-out", "refers": {}},
    ],
}


@pytest.fixture
def session(at, tmp_path, monkeypatch):
    """A project whose history is the store, with a push and a diagnosis in it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HISTORY", at.url.replace("+psycopg", ""))
    settings = {"version": 1, "project": "www", "environments": {"prod": {"history": {"url_env": "HISTORY"}}}}
    (tmp_path / "safedeploy.yml").write_text(json.dumps(settings))
    (tmp_path / "inventories").mkdir()
    (tmp_path / "inventories/prod").write_text("web1 ansible_host=127.0.0.1\n")
    diff = {"hosts": ["web1"], "path": "/etc/a", "text": "-old\n+new\n", "note": ""}
    plan = {"kind": "document", "name": "plan", "document": {"format": "safedeploy-plan", "diffs": [diff]}}
    put(Store(at), RUN, NOW, *tree_records("old", "new"), plan)
    late = {"kind": "document", "name": "result", "document": DIAGNOSIS}
    put(Store(at), "20260301T120500Z-bbbbbb", NOW, late, command="diagnose", ended=False)
    with Session(Target(project=tmp_path, environment="prod")) as session:
        yield session


def test_runs_their_differences_and_what_was_ruled_out_come_from_the_history(session):
    begin = NOW.timestamp() - HOUR
    found = postmortem(session, begin, begin + 2 * HOUR, about=None, offline=True)
    assert [one["run"] for one in found["changes"]] == [RUN]
    assert (found["cause"]["run"], found["cause"]["diffs"][0]["text"]) == (RUN, "-old\n+new\n")
    assert found["ruled_out"] == [{"title": "a flood", "evidence": ["as many as before"]}]
    assert found["missing"] == {"web1": "no host was asked (--offline)"}
    assert any("web1" in one["text"] for one in found["questions"])


def test_a_run_that_has_not_ended_is_a_change_with_what_its_plan_says(session, at):
    action = {"path": "/etc/apache2/b.conf", "action": "change"}
    text = "--- /etc/b\n+++ /etc/b\n@@ -4,3 +4,3 @@\n same\n-Timeout 5\n+Timeout 1\n+# why\n"
    diff = {"hosts": ["web1"], "path": "/etc/apache2/b.conf", "text": text, "note": ""}
    document = {"format": "safedeploy-plan", "hosts": {"web1": {"actions": [action]}}, "diffs": [diff]}
    run = "20260301T121000Z-cccccc"
    plan = {"kind": "document", "name": "plan", "document": document}
    put(Store(at), run, NOW + timedelta(minutes=10), plan, ended=False)
    newest, before = lately(session.policy, NOW.timestamp()).changes
    assert (newest.run, newest.ended, newest.hosts, newest.release) == (run, None, ("web1",), "aaaabbbbcccc")
    assert (newest.paths, newest.lines) == (("/etc/apache2/b.conf",), ("/etc/apache2/b.conf:5: + Timeout 1",))
    assert before.run == RUN
    assert before.ended is not None


def test_a_history_that_cannot_be_read_is_a_question(session, monkeypatch):
    monkeypatch.delenv("HISTORY")
    begin = NOW.timestamp() - HOUR
    found = postmortem(session, begin, begin + 2 * HOUR, about=None, offline=True)
    assert any("HISTORY" in one["text"] for one in found["questions"])
