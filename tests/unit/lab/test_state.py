from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import state
from safedeploy.lab.host import LabHost, Layout
from safedeploy.lab.processes import Process

STATE = state.LabState(
    name="one",
    ident="00ff",
    mode="namespaces",
    reason="asked for",
    phase="up",
    created="2030-01-02T03:04:05+00:00",
    subnet=7,
    hosts=(LabHost(name="web1", address="198.18.7.11", layout=Layout.under("/x")),),
    processes={"web1": (Process(pid=1, start=2),)},
    made=("/a",),
    notes=("b",),
)


def test_what_is_written_is_read_again(tmp_path):
    state.write(tmp_path, STATE)
    assert state.read(tmp_path) == STATE
    assert [path.name for path in tmp_path.iterdir()] == ["lab.json"]


def test_no_lab_is_none(tmp_path):
    assert state.read(tmp_path / "nowhere") is None


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"hosts": 1, "processes": {}}'])
def test_damage_is_an_error_that_names_down(tmp_path, text):
    (tmp_path / "lab.json").write_text(text)
    with pytest.raises(SafedeployError) as caught:
        state.read(tmp_path)
    assert (caught.value.code, "lab down" in caught.value.next_step) == ("lab-state-damaged", True)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"SAFEDEPLOY_LAB_DIR": "/labs", "XDG_STATE_HOME": "/state"}, "/labs"),
        ({"XDG_STATE_HOME": "/state"}, "/state/safedeploy/lab"),
        ({"XDG_STATE_HOME": "relative, which the specification says to ignore"}, "~/.local/state/safedeploy/lab"),
        ({}, "~/.local/state/safedeploy/lab"),
    ],
)
def test_where_labs_are(environ, expected):
    assert state.labs_directory(environ) == Path(expected).expanduser()


def test_a_second_holder_waits_and_gets_a_new_directory(tmp_path):
    directory, entered, order = tmp_path / "labs" / "one", threading.Event(), []

    def second():
        entered.set()
        with state.locked(directory):
            order.append("second")
            assert directory.stat().st_mode & 0o777 == 0o700

    with state.locked(directory):
        waiting = threading.Thread(target=second)
        waiting.start()
        entered.wait()
        order.append("first")
        directory.rmdir()
    waiting.join(timeout=10)
    assert order == ["first", "second"]


def test_private_files_are_private_under_any_umask(tmp_path):
    before = os.umask(0)
    try:
        state.write_private(tmp_path / "secret", "x")
        state.write(tmp_path, STATE)
    finally:
        os.umask(before)
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        "secret": 0o600,
        "lab.json": 0o600,
    }
