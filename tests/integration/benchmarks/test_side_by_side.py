"""The benchmark itself, small: it runs, counts, and says what it measured. No time is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[3] / "benchmarks" / "side_by_side.py"
PEERS = ["safedeploy", "cold", "warm", "acts", "empty", "led", "bare", "inventory", "status"]

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> tuple[dict, str]:
    path = tmp_path_factory.mktemp("benchmark") / "figures.json"
    small = ["--hosts=1", "--distances=5", "--at-a-time=1", "--runs=1", f"--only={','.join(PEERS)}"]
    command = [sys.executable, str(BENCHMARK), *small, f"--json={path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(path.read_text()), done.stdout


def test_every_peer_has_its_figures(measured):
    rows = {row["peer"]: row for row in measured[0]["rows"]}
    assert sorted(rows) == sorted(PEERS)
    for row in rows.values():
        assert min(row["seconds"], row["cpu"], row["memory_mib"]) > 0
        assert row["per_host"]["round_trips"] >= row["per_host"]["connections"] > 0


def test_a_warm_connection_is_no_new_one(measured):
    rows = {row["peer"]: row["per_host"]["connections"] for row in measured[0]["rows"]}
    assert rows["warm"] < rows["cold"]
    # The acts of a push are over warm connections too, but for the proof that a new one can be had.
    assert rows["acts"] == rows["warm"] + 1


def test_the_parts_of_a_push_are_told(measured):
    (push,) = (row for row in measured[0]["rows"] if row["peer"] == "safedeploy")
    assert {"preflight", "rollout", "settle"} <= set(push["parts"])
    assert "rollout" in measured[1]
