"""An incident from its beginning to its report: a change that breaks a page, a diagnosis, the way back."""

from __future__ import annotations

import re
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from safedeploy.core.errors import ExitCode
from safedeploy.lab.traffic import Route, ask
from tests.e2e.documented_shape import problems

ITEM = Route(site="app.lab.test", path="/item/8", text="An item")
MANY = 150


@pytest.fixture
def story(pushed, project, postgres, tmp_path):
    """All of it, with a history on a server that a team shares."""
    url = postgres.database(f"test_{secrets.token_hex(4)}")
    project.environ |= {"XDG_STATE_HOME": str(tmp_path / "state"), "HISTORY": url}
    project.settings(lambda document: document["environments"]["lab"].update(history={"url_env": "HISTORY"}))
    pushed.fresh_logs()
    assert set(visits(pushed)) == {""}
    project.conf("Redirect 503 /item/8")
    broken = project.push("--reason", "maintenance page")
    assert broken.code == ExitCode.OK, broken.text
    assert "" not in visits(pushed)
    said = project.run("diagnose", "lab", "--since", "5m", "--json")
    assert said.code == ExitCode.DIFFERENCES, said.text
    back = project.run("rollback", "lab", "--yes", "--no-diff", "--reason", "back")
    assert back.code == ExitCode.OK, back.text
    time.sleep(6)  # so that the end is in another step of the logs
    assert set(visits(pushed)) == {""}
    return broken, back


def visits(fleet):
    """What went wrong with many requests to every host."""
    hosts = [fleet.host(name) for name in fleet.names] * MANY
    with ThreadPoolExecutor(max_workers=6) as pool:
        return list(pool.map(lambda host: ask(host, ITEM, None), hosts))


def test_an_incident_is_reported_from_its_records_and_its_logs(fleet, project, story, tmp_path):
    changed, mended = (re.search(r"\(run (\S+)\)", one.text)[1] for one in story)
    done = project.run("postmortem", changed, "--since", "5m", "--json")
    assert done.code == ExitCode.OK, done.text
    found = done.document
    assert problems(found, "safedeploy-postmortem") == []

    summary = found["summary"]
    assert (summary["symptom"], sorted(summary["hosts"])) == ("server errors", sorted(fleet.names))
    assert summary["failed"] == MANY * len(fleet.names)
    assert summary["clients_affected"] >= 1
    assert (found["cause"]["id"], found["cause"]["run"]) == ("change", changed)
    assert any("Redirect 503 /item/8" in one["text"] for one in found["cause"]["diffs"])
    assert found["resolution"]["run"] == mended
    kinds = [one["kind"] for one in found["timeline"]]
    assert {"change", "onset", "diagnosis", "action", "resolution"} <= set(kinds)

    # Made again from what was counted: no host is asked.
    page = project.run("report", found["run"], "--out", str(tmp_path / "page.html"), "--json")
    assert page.code == ExitCode.OK, page.text
    assert problems(page.document, "safedeploy-report") == []
    assert sorted(page.document["questions"]) == sorted(one["text"] for one in found["questions"])
    text = (tmp_path / "page.html").read_text()
    assert f"{summary['failed']} of {summary['requests']} failed" in text
