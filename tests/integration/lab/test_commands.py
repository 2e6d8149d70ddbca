"""`safedeploy lab` as a person types it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.lab


@pytest.fixture
def safedeploy_lab(tmp_path):
    """Runs a command of the lab; every lab it left is gone afterwards."""

    def start(*words):
        return subprocess.Popen(
            [sys.executable, "-c", "from safedeploy.cli.lab import app; app()", *words],
            env={**os.environ, "SAFEDEPLOY_LAB_DIR": str(tmp_path), "SAFEDEPLOY_LAB_NAME": "typed"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(*words):
        child = start(*words)
        out, err = child.communicate(timeout=120)
        return child.returncode, out, err

    run.start = start
    yield run
    run("down")


def test_a_lab_from_up_to_down(safedeploy_lab):
    code, out, err = safedeploy_lab("up", "--hosts", "2")
    assert (code, len(out.splitlines())) == (0, 3)
    assert "safedeploy lab ssh web1 --name typed" in err

    assert safedeploy_lab("up", "--hosts", "2")[2].startswith("The lab 'typed' was up already.")

    code, out, _ = safedeploy_lab("status")
    assert (code, out.count("up")) == (0, 8)

    safedeploy_lab("ssh", "web2", "--", "cat /proc/uptime; kill $(cat /run/apache2/apache2.pid)")
    seen = json.loads(safedeploy_lab("status", "--json")[1])["hosts"]
    assert [(host["name"], host["httpd"]) for host in seen] == [("web1", True), ("web2", False)]

    assert safedeploy_lab("reboot", "web2")[:2] == (0, "")
    seen = json.loads(safedeploy_lab("status", "--json")[1])["hosts"]
    assert [host["httpd"] for host in seen] == [True, True]

    assert safedeploy_lab("down")[2] == "The lab 'typed' is down; nothing of it is left.\n"
    assert safedeploy_lab("down")[::2] == (0, "There is no lab 'typed'.\n")


def test_ssh_gives_the_exit_code_of_the_command(safedeploy_lab):
    safedeploy_lab("up", "--hosts", "1")
    assert safedeploy_lab("ssh", "web1", "--", "echo said; exit 5")[:2] == (5, "said\n")


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("status",), 3, "safedeploy lab up"),
        (("ssh", "web1"), 3, "safedeploy lab up"),
        (("up", "--name", "No Such"), 2, "cannot be the name of a lab"),
        (("up", "--hosts", "500"), 2, "1 to 200 hosts"),
        (("up", "--mode", "clouds"), 2, "clouds"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_next_step(safedeploy_lab, words, code, text):
    done = safedeploy_lab(*words)
    assert (done[0], done[1]) == (code, "")
    assert text in done[2]


def test_no_such_host_names_those_there_are(safedeploy_lab):
    safedeploy_lab("up", "--hosts", "1")
    code, _, err = safedeploy_lab("reboot", "web9")
    assert (code, "Its hosts are web1." in err) == (3, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_polite_end_of_up_leaves_nothing(safedeploy_lab, tmp_path, number):
    child = safedeploy_lab.start("up", "--hosts", "3")
    deadline = time.monotonic() + 30
    while not (tmp_path / "typed/lab.key").exists():
        assert time.monotonic() < deadline
        time.sleep(0.002)
    child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, "interrupted" in err) == (130, True)
    assert list(tmp_path.iterdir()) == []
