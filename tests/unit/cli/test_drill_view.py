"""What the drill shows, and what a word after `lab drill` means."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from safedeploy.cli import drill, drill_said, drill_view
from safedeploy.cli.main import app
from safedeploy.lab import Lab, LabHost, state
from safedeploy.lab.faults import FAULTS
from safedeploy.lab.host import Layout
from safedeploy.lab.traffic import Route


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (3720, "1 h 2 min"), (-1, "0 s")]
)
def test_a_duration_is_told_as_people_do(seconds, text):
    assert drill_view.duration(seconds) == text


def test_no_fault_is_called_like_a_command_of_the_drill():
    assert set(typer.main.get_command(drill.app).commands) & set(FAULTS) == set()


def test_the_list_has_every_fault_and_breaks_nothing():
    done = CliRunner().invoke(app, ["lab", "drill", "--list"])
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(FAULTS)


def test_a_name_that_is_none_is_told_before_a_lab_is_started(tmp_path, monkeypatch):
    monkeypatch.setenv("SAFEDEPLOY_LAB_DIR", str(tmp_path / "labs"))
    done = CliRunner().invoke(app, ["lab", "drill", "backend-dwon"])
    assert done.exit_code == 2
    assert "backend-down" in done.stderr
    assert not (tmp_path / "labs").exists()


def test_the_page_of_drills_has_every_fault():
    page = (Path(__file__).parents[3] / "docs/drill.md").read_text()
    missing = [
        fault.name
        for fault in FAULTS.values()
        if f"| `{fault.name}`{' *' if fault.needs_namespaces else ''} | {fault.page} |" not in page
    ]
    assert missing == []


def test_a_diagnosis_is_told_by_its_likeliest_cause():
    likely = {"verdict": "likely", "title": "a backend is down", "weight": 0.9, "for": ["refused"]}
    unlikely = {"verdict": "unlikely", "title": "a flood", "weight": 0.1, "for": []}
    assert drill_said._in_words({"named": "backend-down", "hypotheses": [likely, unlikely]}) == (
        "likely: a backend is down (0.90): refused",
    )
    assert drill_said._in_words({"named": None, "hypotheses": []}) == ("no cause is named with confidence",)


def asking(tmp_path, route, **ports):
    host = LabHost(name="web1", address="198.18.0.11", layout=Layout(), **ports)
    lab = Lab(directory=tmp_path)
    state.write(
        tmp_path,
        state.LabState(name="x", ident="", mode="namespaces", reason="", phase="up", created="", hosts=(host,)),
    )
    return drill_view._asking(lab, route)


def test_a_page_says_how_to_ask_as_a_visitor_does(tmp_path):
    plain = asking(tmp_path, Route(site="api.lab.test", path="/health"))
    assert plain == "curl -m 5 --resolve api.lab.test:80:198.18.0.11 http://api.lab.test/health"
    tls = asking(tmp_path, Route(site="www.lab.test", tls=True), https_port=30443)
    assert tls == (
        f"curl -m 5 --cacert {tmp_path}/lab.pem --resolve www.lab.test:30443:198.18.0.11 https://www.lab.test:30443/"
    )
