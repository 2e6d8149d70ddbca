"""The SARIF log is valid by the published schema, and says where each finding is."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from safedeploy.lint import sarif
from safedeploy.lint.outcome import Outcome, Placed

# The schema of OASIS for SARIF 2.1.0, as published by the store of schemas.
SCHEMA = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text())


@pytest.fixture
def log(judged):
    report = judged("MaxClients 5\nListen 80\nListen 80\n")
    placed = [
        Placed(finding=one, file="templates/a b.j2", line=number or None, column=None, text="x", hosts=("web1",))
        for number, one in enumerate(report.findings)
    ]
    return sarif.log(Outcome(findings=tuple(placed)), "1.2.3")


def test_a_log_is_valid(log):
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    assert len(log["runs"][0]["results"]) == 2


def test_the_schema_refuses_what_is_none(log):
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert list(jsonschema.Draft4Validator(SCHEMA).iter_errors(log))


def test_an_empty_log_is_valid_too():
    jsonschema.Draft4Validator(SCHEMA).validate(sarif.log(Outcome(findings=()), "1.2.3"))


def test_a_result_names_the_file_of_the_project_and_its_rule(log):
    run = log["runs"][0]
    first, second = run["results"]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "templates/a%20b.j2"
    assert "region" not in first["locations"][0]["physicalLocation"]
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert run["tool"]["driver"]["rules"][second["ruleIndex"]]["id"] == second["ruleId"] == "duplicate-listen"


def test_a_path_of_a_host_is_an_absolute_address():
    assert sarif.uri("/etc/apache2/ä#.conf") == "file:///etc/apache2/%C3%A4%23.conf"
