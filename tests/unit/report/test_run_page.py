"""The report on a run, and the drawings in it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from safedeploy.core.report import lanes, run_page, traffic_plots
from safedeploy.core.report.svg import Mark, TimeAxis, scale
from tests.unit.report.incidents import STARTED, events, run

RESULT = {
    "format": "safedeploy-push",
    "hosts": {
        "web001": {"end": "reverted", "release": "old", "why": "status 500", "steps": []},
        "web002": {"end": "confirmed", "release": "abc123", "why": "healthy", "steps": []},
        "web003": {
            "end": "stranded",
            "release": None,
            "why": "out of reach",
            "steps": ["ssh web003", "apache2ctl start"],
        },
    },
    "traffic": [{"hosts": ["web001"], "verdict": "stop", "action": "taken back", "line": "web001: 9 % 5xx"}],
}
PLAN = {"diffs": [{"hosts": ["web001", "web002"], "path": "/etc/a.conf", "text": "-a\n+b\n", "note": ""}]}


def page(**more):
    given = {"summary": "1 reverted", "events": events(), "documents": {"result": RESULT, "plan": PLAN}, **more}
    return run_page.page(run(), given["summary"], given["events"], given["documents"])


def parts(found, kind):
    return [part for section in found.sections for part in section.parts if part.kind == kind]


def test_every_section_is_there():
    assert [one.title for one in page().sections] == ["Summary", "Rollout", "Hosts", "Visitors", "Changes", "Timeline"]


def test_hosts_that_went_wrong_come_first_and_what_to_do_by_hand_is_told():
    table = next(one for one in parts(page(), "table") if one.head[0] == "host")
    assert [row[0] for row in table.rows] == ["web001", "web003", "web002"]
    assert any("apache2ctl start" in one.text for one in parts(page(), "block"))


def test_a_run_without_documents_has_a_page_too():
    assert [one.title for one in page(documents={}, events=()).sections] == ["Summary"]


@pytest.mark.parametrize("hosts", [1, 3, 30, 200])
def test_the_drawing_of_a_rollout_is_an_image_with_words(hosts):
    found = lanes.lanes(events(hosts, failing=("web001",)))
    root = ET.fromstring(lanes.draw(found, STARTED, STARTED.replace(year=2027)))
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == ["title", "desc"]
    assert "not confirmed: web001" in root[1].text
    assert len(found) <= lanes.MOST_LANES


def test_hosts_that_went_alike_share_a_lane_where_there_are_many():
    found = lanes.lanes(events(200, failing=("web007",)))
    assert [lane.name for lane in found] == ["web001 and 198 alike", "web007"]


def test_a_host_that_waits_for_its_batch_is_not_at_work():
    lane = next(one for one in lanes.lanes(events(3)) if one.hosts == ("web003",))
    activate = lane.steps[-1]
    assert activate.ended - activate.began == pytest.approx(0.4, abs=0.01)


def test_texts_in_drawings_are_escaped():
    point = traffic_plots.Point(at=0.0, requests=10, errors=1)
    mark = Mark(at=0.0, number=1, label='<b>"&')
    for svg in (
        traffic_plots.together([point], 10, 0, 60, [mark]),
        traffic_plots.by_host({"<b>&": [point]}, 10, 0, 60, [mark]),
    ):
        assert ET.fromstring(svg) is not None
        assert "<b>" not in svg


@pytest.mark.parametrize("most", [0, 0.3, 1, 7, 95, 1234, 1e6])
def test_a_scale_holds_its_amounts_in_round_steps(most):
    end, step = scale(most)
    assert end >= most
    assert 1 <= end / step <= 6


@pytest.mark.parametrize("length", [30, 600, 7200, 86400, 14 * 86400])
def test_a_time_axis_has_a_few_round_moments(length):
    ticks = list(TimeAxis(begin=1_795_000_000, end=1_795_000_000 + length, left=0, right=100).ticks())
    assert 2 <= len(ticks) <= 9
