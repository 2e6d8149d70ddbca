"""The document of an incident: what records can fill is filled, and what they cannot is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from safedeploy.core.report import postmortem_page
from safedeploy.core.report.gathered import Alert
from safedeploy.core.report.incident import incident
from safedeploy.core.report.markdown import markdown
from tests.unit.diagnose.fleets import BEGAN
from tests.unit.report.incidents import RUN, STARTED, gathered, run

DIFF = {
    "path": "/etc/apache2/a.conf",
    "text": "--- a\n+++ b\n@@ -1 +1 @@\n-old\n+new\n",
    "note": "",
    "hosts": ["web001"],
}


def asked(document):
    return {one["section"] for one in document["questions"]}


def test_start_duration_and_shares_come_from_the_logs():
    summary = incident(gathered())["summary"]
    assert summary["symptom"] == "server errors"
    assert summary["began"].startswith("2026-")
    assert summary["seconds"] == pytest.approx(600, abs=20)
    assert summary["hosts"] == ["web001"]
    assert (summary["clients"], summary["clients_affected"]) == (200, 0)


def test_the_cause_has_its_run_file_lines_and_difference():
    document = incident(gathered(diffs={RUN: (DIFF,)}))
    cause = document["cause"]
    assert (cause["id"], cause["run"], cause["path"]) == ("change", RUN, "/etc/apache2/sites-available/api.conf")
    assert cause["diffs"][0]["text"].endswith("+new\n")
    assert "cause" not in asked(document)


def test_what_a_diagnosis_named_at_that_time_is_the_cause():
    said = {
        "format": "safedeploy-diagnosis",
        "named": "backend",
        "hypotheses": [
            {"id": "backend", "title": "a backend is down", "weight": 0.9, "for": ["refused"], "refers": {}},
            {"id": "flood", "title": "a flood of requests", "against": ["as many as before"], "verdict": "ruled-out"},
        ],
    }  # fmt: skip
    late = run(run="d1", command="diagnose", started=STARTED + timedelta(seconds=90))
    document = incident(gathered(runs=(run(), late), diagnoses=((late, said),)))
    assert (document["cause"]["id"], document["cause"]["by"]) == ("backend", "d1")
    assert document["ruled_out"] == [{"title": "a flood of requests", "evidence": ["as many as before"]}]
    kinds = [one["kind"] for one in document["timeline"]]
    assert kinds.index("onset") < kinds.index("diagnosis") < kinds.index("misleading")


def test_a_diagnosis_of_an_earlier_trouble_is_not_believed():
    said = {
        "format": "safedeploy-diagnosis",
        "named": "disk",
        "hypotheses": [{"id": "disk", "title": "full", "refers": {}}],
    }
    early = run(run="d0", command="diagnose", started=STARTED - timedelta(hours=1))
    assert incident(gathered(runs=(early, run()), diagnoses=((early, said),)))["cause"]["id"] == "change"


def test_the_timeline_tells_the_change_before_the_errors():
    kinds = [one["kind"] for one in incident(gathered())["timeline"]]
    assert kinds[0] == "change"
    assert "onset" in kinds


def test_an_alert_is_the_detection_and_a_second_one_an_escalation():
    alerts = (Alert(at=BEGAN + 30, severity="error", text="5xx"), Alert(at=BEGAN + 90, severity="critical", text="5xx"))
    document = incident(gathered(alerts=alerts))
    kinds = [one["kind"] for one in document["timeline"]]
    assert "detection" in kinds
    assert "escalation" in kinds
    assert not any("called" in one["text"] for one in document["questions"])


def test_what_no_record_tells_is_asked():
    document = incident(gathered(changed=False, missing={"web9": "timed out"}))
    texts = " ".join(one["text"] for one in document["questions"])
    assert "root cause" in texts
    assert "web9" in texts
    assert "Who noticed it" in texts


def test_nothing_is_asked_where_nothing_happened():
    document = incident(gathered(broken=0, changed=False))
    assert document["summary"]["symptom"] is None
    assert document["impact"] == ["The logs of this time show no rise of errors, refusals or slow answers."]
    assert asked(document) <= {"cause"}


def test_measures_are_tasks_of_both_kinds():
    measures = incident(gathered())["measures"]
    assert {one["kind"] for one in measures} == {"corrective", "preventive"}
    assert any("rollback" in one["command"] for one in measures)
    assert any("watch" in one["command"] for one in measures)


def test_what_was_rolled_back_already_is_no_task():
    back = run(run="r2", command="rollback", started=STARTED + timedelta(seconds=120), summary="done")
    measures = incident(gathered(runs=(run(), back)))["measures"]
    assert not any(one["command"].startswith("safedeploy rollback") for one in measures)


def test_the_page_can_be_made_again_from_the_recorded_document():
    document = incident(gathered())
    again = json.loads(json.dumps(document))
    assert postmortem_page.page(again) == postmortem_page.page(document)


def test_no_address_of_a_client_is_in_it():
    assert "192.0.2." not in json.dumps(incident(gathered()))


def test_two_hundred_hosts_are_a_row_for_those_that_went_alike():
    page = postmortem_page.page(incident(gathered(hosts=200, broken=3)))
    tables = [part for section in page.sections for part in section.parts if part.kind == "table"]
    numbers = next(part for part in tables if part.caption == "The numbers by host")
    assert [row[0] for row in numbers.rows] == ["web001 and 2 alike", "web004 and 196 alike"]


def test_markdown_has_every_section_and_each_question():
    page = postmortem_page.page(incident(gathered()))
    text = markdown(page)
    for section in page.sections:
        assert f"## {section.title}" in text
    assert text.count("To be answered") == len(page.questions)
    assert "- [ ] " in text


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "![x](http://evil.test/x.png)", "a|b\n# head", "@everyone"]
)
def test_hostile_words_stay_words_in_markdown(hostile):
    alerts = (Alert(at=BEGAN + 30, severity="error", text=hostile),)
    text = markdown(postmortem_page.page(incident(gathered(alerts=alerts))))
    outside = "".join(part for number, part in enumerate(text.replace("```", "`").split("`")) if number % 2 == 0)
    assert "<script" not in outside
    assert "](http" not in outside
    assert "@everyone" not in outside


def test_a_history_that_cannot_be_read_leaves_a_question_and_not_a_blank():
    questions = incident(gathered(runs=(), changes=(), unread="the server does not answer"))["questions"]
    assert any("the server does not answer" in one["text"] for one in questions if one["section"] == "timeline")


def test_the_run_that_the_trouble_comes_from_is_the_change_and_never_the_resolution():
    document = incident(ended_with(run(started=datetime.fromtimestamp(BEGAN + 4, UTC))))
    assert [one["kind"] for one in document["timeline"] if one["run"] == RUN] == ["change", "change"]
    assert document["resolution"]["run"] is None


def ended_with(pushed):
    """Trouble of five minutes that a push within the step of its beginning has caused."""
    known = gathered(runs=(pushed,))
    return replace(known, found=replace(known.found, trouble=replace(known.found.trouble, ended=BEGAN + 300)))
