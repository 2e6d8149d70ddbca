"""The ledger: who is counted, and that watching never disturbs a play."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from safedeploy_control import ledger
from safedeploy_control.bundle import Bundle

PLUGINS = Path(__file__).parents[3] / "playbooks" / "callback_plugins"


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    hosts = {f"web{number}": {} for number in range(1, 5)}
    (tmp_path / "bundle.json").write_text(json.dumps({"schema": 1, "hosts": hosts}))
    return Bundle(tmp_path)


def add(bundle: Bundle, host: str, kind: str) -> None:
    ledger.append(bundle.directory, host=host, phase="activate", kind=kind, text="t")


def test_a_new_run_has_lost_nobody(bundle):
    assert ledger.lost(bundle) == {}


def test_every_kind_counts_and_a_host_counts_once(bundle):
    for host, kind in (("web1", "reverted"), ("web1", "failed"), ("web2", "unreachable"), ("web3", "timeout")):
        add(bundle, host, kind)
    assert ledger.lost(bundle) == {"web1": "reverted", "web2": "unreachable", "web3": "timeout"}


def test_a_host_of_another_run_does_not_count(bundle):
    add(bundle, "localhost", "failed")
    assert ledger.lost(bundle) == {}


def test_the_hosts_own_answers_count_without_the_ledger(bundle):
    bundle.write_answer("web1", "activate", {"ok": False, "error": {"code": "reverted"}})
    bundle.write_answer("web2", "controller_health", {"ok": False, "error": {"code": "health-failed"}})
    bundle.write_answer("web3", "confirm", {"ok": False, "error": {"code": "lease-lost"}})
    bundle.write_answer("web4", "activate", {"ok": True, "result": {"outcome": "activated"}})
    assert ledger.lost(bundle) == {"web1": "reverted", "web2": "health-failed", "web3": "lease-lost"}


def test_a_host_that_was_begun_and_has_not_arrived_is_lost(bundle):
    ledger.begin(bundle, ["web1", "web2"])
    ledger.begin(bundle, ["web3"])
    bundle.write_answer("web1", "confirm", {"ok": True, "result": {}})
    bundle.write_answer("web2", "activate", {"ok": True, "result": {"outcome": "unchanged"}})
    assert ledger.lost(bundle) == {"web3": "not confirmed"}


def test_a_damaged_line_costs_only_itself(bundle):
    add(bundle, "web1", "failed")
    with (bundle.directory / ledger.NAME).open("a") as out:
        out.write('{"host": "web2"\n[]\n')
    add(bundle, "web3", "failed")
    assert sorted(ledger.lost(bundle)) == ["web1", "web3"]


def test_lines_of_many_writers_stay_whole(bundle):
    writers = [threading.Thread(target=add, args=(bundle, f"web{n % 4 + 1}", "x" * 5000)) for n in range(40)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = (bundle.directory / ledger.NAME).read_text().splitlines()
    assert len([json.loads(line) for line in lines]) == 40


def play(tmp_path: Path, bundle: Path, tasks: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "play.yml").write_text(f"- hosts: localhost\n  gather_facts: false\n  tasks:\n{tasks}")
    return subprocess.run(
        [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", "-c", "local", "play.yml",
         "-e", f"safedeploy_bundle={bundle}", "-e", f"ansible_python_interpreter={sys.executable}"],
        cwd=tmp_path, env={**os.environ, "ANSIBLE_CALLBACK_PLUGINS": str(PLUGINS), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


TIMES_OUT = "  - {name: too slow, ansible.builtin.command: sleep 5, timeout: 1}\n"


def test_a_task_that_takes_too_long_is_recorded_as_a_timeout(tmp_path):
    assert play(tmp_path, tmp_path, TIMES_OUT).returncode == 2
    recorded = json.loads((tmp_path / ledger.NAME).read_text())
    assert (recorded["host"], recorded["kind"], recorded["phase"]) == ("localhost", "timeout", "too slow")


def test_a_rescued_failure_is_recorded_and_an_ignored_one_is_not(tmp_path):
    tasks = """\
  - ansible.builtin.fail: {msg: ignored}
    ignore_errors: true
  - block: [{ansible.builtin.fail: {msg: rescued}}]
    rescue: [{ansible.builtin.debug: {msg: fine}}]
"""
    assert play(tmp_path, tmp_path, tasks).returncode == 0
    assert "rescued" in json.loads((tmp_path / ledger.NAME).read_text())["text"]


def test_a_ledger_that_cannot_be_written_is_a_warning(tmp_path):
    done = play(tmp_path, tmp_path / "missing", "  - {ansible.builtin.fail: {msg: x}, ignore_errors: false}\n")
    assert done.returncode == 2
    assert "safedeploy_ledger: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_task_that_failed_and_was_rescued_is_no_loss_once_the_host_has_arrived(bundle):
    ledger.begin(bundle, ["web1"])
    add(bundle, "web1", "failed")
    assert ledger.lost(bundle) == {"web1": "failed"}
    bundle.write_answer("web1", "confirm", {"ok": True, "result": {}})
    assert ledger.lost(bundle) == {}
    bundle.write_answer("web1", "revert", {"ok": True, "result": {"outcome": "reverted"}})
    assert ledger.lost(bundle) == {"web1": "failed"}
