"""The catch rate benchmark on a corpus of three cases: what it counts, and what it leaves behind."""

from __future__ import annotations

import pytest

from safedeploy.lab import ability
from tests.integration.benchmarks import tiny_corpus

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(bool(ability.why_no_namespaces()), reason="its hosts need namespaces"),
]


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """One run of all three cases: the process, the JSON document, and the directory that it worked in."""
    done, document, work = tiny_corpus.measured(tmp_path_factory, "--jobs", "1")
    return done, document, work


def test_a_harmful_change_is_counted_at_the_stage_that_stopped_it(measured):
    _, document, _ = measured
    by_id = {result["id"]: result for result in document["results"]}
    assert by_id["001"]["stopped_by"] == "configtest"
    assert "ServerNam" in by_id["001"]["why"]
    assert document["classes"]["syntax"] == {"cases": 1, "stopped": 1, "live_check": 0}


def test_what_configtest_cannot_see_does_not_stay_live(measured):
    _, document, _ = measured
    counts = document["classes"]["runtime"]
    assert counts["stopped"] + counts["live_check"] == 1


def test_a_harmless_change_is_not_refused(measured):
    _, document, _ = measured
    assert document["classes"]["none"] == {"cases": 1, "refused": 0}


def test_the_table_tells_what_configtest_alone_would_have_stopped(measured):
    done, _, _ = measured
    rows: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        if "|" in line:
            rows.setdefault(line.split("|")[1].strip(), line.split("|")[2:-1])  # what the linter says comes after
    column = [text.strip() for text in rows["class"]].index("only configtest")
    assert [rows[kind][column].strip() for kind in ("syntax", "runtime", "none")] == ["1", "0", "0"]


def test_what_the_linter_says_does_not_hide_what_the_other_stages_stop(measured):
    _, document, _ = measured
    misspelt = document["results"][0]
    assert (misspelt["lint"]["rules"], misspelt["stopped_by"]) == (["unknown-directive"], "configtest")


def test_nothing_is_left_behind(measured):
    _, _, work = measured
    assert {path.name for path in work.iterdir()} == {"report.json"}
