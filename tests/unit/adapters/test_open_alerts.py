"""What is open is kept on this machine: privately, as a whole, by several writers, and it is never in the way."""

from __future__ import annotations

import stat
from multiprocessing import get_context
from pathlib import Path

import pytest

from safedeploy.adapters.open_alerts import OpenAlerts, directory
from safedeploy.core.channels import Severity
from safedeploy.core.drift_alerts import Open

TOLD = {"web1/f1": (Severity.ERROR, "edited /etc/a: by hand")}


@pytest.fixture
def kept(tmp_path):
    return OpenAlerts(tmp_path / "alerts", "web", "prod")


def test_what_was_told_is_open_until_it_is_closed(kept):
    kept.put("chat", TOLD, 10.0)
    kept.put("chat", TOLD, 20.0)
    told = Open(key="web1/f1", severity=Severity.ERROR, text="edited /etc/a: by hand", opened=10.0, sent=20.0)
    assert kept.of("chat") == {"web1/f1": told}
    assert kept.of("pager") == {}
    kept.close("chat", ["web1/f1", "web1/unknown"])
    assert kept.of("chat") == {}


def test_it_is_readable_by_its_owner_alone_and_leaves_nothing_half_written(kept, tmp_path):
    kept.put("chat", TOLD, 10.0)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {"alerts": 0o700, "web-prod.json": 0o600, "web-prod.lock": 0o600}


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"channels": []}', '{"channels": {"chat": {"web1/f1": {"severity": "error"}}}}']
)
def test_a_damaged_file_counts_as_nothing_told_and_is_mended_by_the_next_write(kept, tmp_path, damage):
    kept.put("chat", TOLD, 10.0)
    (tmp_path / "alerts/web-prod.json").write_text(damage)
    assert kept.of("chat") == {}
    kept.put("chat", TOLD, 20.0)
    assert list(kept.of("chat")) == ["web1/f1"]


def test_projects_and_environments_are_apart_whatever_their_names(tmp_path):
    names = [("web", "prod"), ("web/prod", "x"), ("web_prod", "x"), ("../web", "prod")]
    for number, (project, environment) in enumerate(names):
        OpenAlerts(tmp_path / "a", project, environment).put("chat", TOLD, float(number))
    kept = [OpenAlerts(tmp_path / "a", *name).of("chat")["web1/f1"].opened for name in names]
    assert kept == [0.0, 1.0, 2.0, 3.0]
    assert {path.parent for path in tmp_path.rglob("*.json")} == {tmp_path / "a"}


def write(place: Path, writer: int) -> None:
    kept = OpenAlerts(place, "web", "prod")
    for number in range(10):
        kept.put("chat", {f"web{writer}/f{number}": (Severity.ERROR, "text")}, float(number))


def test_no_writer_loses_what_another_one_wrote(tmp_path):
    processes = [get_context("fork").Process(target=write, args=(tmp_path / "a", writer)) for writer in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert len(OpenAlerts(tmp_path / "a", "web", "prod").of("chat")) == 40


def test_the_place_is_that_of_the_xdg_state_directory():
    assert directory({"XDG_STATE_HOME": "/s", "HOME": "/h"}) == Path("/s/safedeploy/alerts")
    assert directory({"XDG_STATE_HOME": "relative", "HOME": "/h"}) == Path("/h/.local/state/safedeploy/alerts")
