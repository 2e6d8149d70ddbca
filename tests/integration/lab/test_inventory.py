"""The generated inventory, and the script that finds it, as Ansible reads them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.lab
CHECKOUT = Path(__file__).resolve().parents[3]
SCRIPT = CHECKOUT / "inventories/lab/hosts.py"


def script(**environment):
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), "--list"],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_script_gives_what_the_generated_file_gives(lab):
    generated = json.loads(lab.inventory.read_text())["all"]["children"]["web"]["hosts"]
    listing = json.loads(script().stdout)
    assert listing["web"]["hosts"] == ["web1", "web2", "web3"]
    assert listing["_meta"]["hostvars"] == generated


def test_ansible_enters_every_host_through_either(lab):
    bin_directory = Path(sys.executable).parent
    for source in (SCRIPT, lab.inventory):
        done = subprocess.run(
            [bin_directory / "ansible", "-i", str(source), "web", "-m", "ansible.builtin.raw", "-a", "hostname"],
            capture_output=True, text=True, check=False, timeout=120, env={**os.environ, "ANSIBLE_NOCOLOR": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("rc=0") == 3


def test_without_a_lab_the_script_says_how_to_start_one(tmp_path):
    done = script(SAFEDEPLOY_LAB_DIR=str(tmp_path), SAFEDEPLOY_LAB_NAME="mine")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("Start it with: safedeploy lab up --name mine")


def test_a_lab_that_is_half_up_is_none(tmp_path):
    (tmp_path / "default").mkdir()
    (tmp_path / "default/lab.json").write_text('{"phase": "starting"}')
    done = script(SAFEDEPLOY_LAB_DIR=str(tmp_path), SAFEDEPLOY_LAB_NAME="")
    assert (done.returncode, "safedeploy lab up" in done.stderr) == (1, True)


def test_every_variable_is_documented_in_the_script(lab):
    described = SCRIPT.read_text().split('"""')[1]
    variables = json.loads(script().stdout)["_meta"]["hostvars"]["web1"]
    assert [name for name in variables if not name.startswith("ansible_") and name not in described] == []
