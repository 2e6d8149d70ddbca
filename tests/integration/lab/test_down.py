"""`down` leaves nothing behind, however the lab was left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import Lab
from safedeploy.lab.addresses import hardware_address, release
from tests.integration.lab.requests_to import get
from tests.integration.lab.traces import links, mounts, processes

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("namespaces")]


@pytest.fixture
def labs(tmp_path, monkeypatch):
    """A directory for labs of this test alone."""
    monkeypatch.setenv("SAFEDEPLOY_LAB_DIR", str(tmp_path / "labs"))
    yield tmp_path / "labs"
    for left in (tmp_path / "labs").glob("*"):
        Lab.remove(left.name)


@pytest.fixture
def nothing_left(labs):
    """Called after `down`: asserts that the lab is gone, and that what was there before still is."""
    before = links()

    def assert_nothing_left(*idents):
        own = {hardware_address(ident) for ident in idents}
        listed = subprocess.run(["ip", "link"], check=True, capture_output=True, text=True).stdout
        assert not [address for address in own if address in listed]
        assert links() == before
        assert mounts(labs) == []
        assert processes(labs) == []
        assert list(labs.iterdir()) == []

    return assert_nothing_left


def start_up(hosts):
    return subprocess.Popen(
        [sys.executable, "-c", f"from safedeploy.lab import Lab; Lab.up('half', {hosts})"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def ident_of(labs, name="half"):
    return json.loads((labs / name / "lab.json").read_text())["ident"]


def wait_for(path: Path):
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_down_removes_processes_links_mounts_and_files(labs, nothing_left):
    lab = Lab.up("whole", 3)
    ident = lab.state.ident
    assert lab.down() is True
    nothing_left(ident)


def test_down_twice_is_no_error(labs, nothing_left):
    lab = Lab.up("twice", 1)
    ident = lab.state.ident
    assert [lab.down(), lab.down(), Lab.remove("twice"), Lab.remove("never")] == [True, False, False, False]
    nothing_left(ident)


def test_the_death_of_a_hosts_first_process_ends_the_host_and_down_the_rest(labs, nothing_left):
    lab = Lab.up("killed", 2)
    ident = lab.state.ident
    os.kill(lab.state.processes["web1"][0].pid, signal.SIGKILL)
    time.sleep(0.3)
    assert [words for words in processes(labs) if "web1" in words] == []
    assert get(lab.host("web2"), "app.lab.test").status == 200
    lab.down()
    nothing_left(ident)


@pytest.mark.parametrize("moment", ["lab.json", "known_hosts", "hosts/web2/var/log/lab-sshd.log"])
def test_an_up_that_was_killed_is_cleared_by_down(labs, nothing_left, moment):
    up = start_up(2)
    wait_for(labs / "half" / moment)
    up.kill()
    up.wait()
    ident = ident_of(labs)
    with pytest.raises(SafedeployError, match="No lab named 'half' is up"):
        Lab.load("half")
    assert Lab.remove("half") is True
    nothing_left(ident)


def test_an_up_that_was_killed_is_no_hindrance_to_the_next(labs, nothing_left):
    up = start_up(2)
    wait_for(labs / "half/hosts/web1/var/log/lab-sshd.log")
    up.kill()
    up.wait()
    first = ident_of(labs)
    lab = Lab.up("half", 1)
    second = lab.state.ident
    assert lab.started
    lab.down()
    nothing_left(first, second)


def test_an_interrupted_up_clears_up_by_itself(labs, nothing_left):
    up = start_up(3)
    wait_for(labs / "half/known_hosts")
    ident = ident_of(labs)
    up.send_signal(signal.SIGINT)
    assert up.wait(timeout=30) != 0
    nothing_left(ident)


def test_down_needs_no_readable_lab_json(labs):
    lab = Lab.up("damaged", 1)
    ident = lab.state.ident
    (lab.directory / "lab.json").write_text("{ not json")
    assert Lab.remove("damaged") is True
    assert processes(labs) == []
    assert list(labs.iterdir()) == []
    assert release(ident) is False, "the bridge is still there"


def test_a_recycled_process_id_is_not_killed(labs):
    lab = Lab.up("recycled", 1)
    innocent = subprocess.Popen(["sleep", "60"])
    try:
        document = json.loads((lab.directory / "lab.json").read_text())
        real = document["processes"]["web1"][0]
        document["processes"]["web1"] = [{"pid": innocent.pid, "start": real["start"]}, real]
        (lab.directory / "lab.json").write_text(json.dumps(document))
        lab.down()
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_two_labs_are_up_at_once_and_one_goes_alone(labs, nothing_left):
    one, two = Lab.up("one", 1), Lab.up("two", 1)
    idents = one.state.ident, two.state.ident
    assert one.hosts[0].address != two.hosts[0].address
    one.down()
    assert get(two.hosts[0], "app.lab.test").status == 200
    two.down()
    nothing_left(*idents)


def test_labs_that_start_at_the_same_moment_take_different_subnets(labs, nothing_left):
    # The same name in different directories begins its search at the same subnet.
    directories = [labs / str(number) for number in range(3)]
    program = "from safedeploy.lab import Lab; print(Lab.up('same', 1).hosts[0].address)"
    ups = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            env={**os.environ, "SAFEDEPLOY_LAB_DIR": str(directory)}, stdout=subprocess.PIPE, text=True,
        )
        for directory in directories
    ]  # fmt: skip
    said = [up.communicate(timeout=60)[0].strip() for up in ups]
    for directory in directories:
        subprocess.run(
            [sys.executable, "-c", "from safedeploy.lab import Lab; Lab.remove('same')"],
            env={**os.environ, "SAFEDEPLOY_LAB_DIR": str(directory)}, check=True,
        )  # fmt: skip
        directory.rmdir()
    assert len({address for address in said if address}) == 3
    nothing_left()


def test_up_again_changes_nothing_and_another_size_is_refused(labs):
    lab = Lab.up("again", 1)
    before = lab.state
    assert Lab.up("again", 1).started is False
    assert lab.state == before
    with pytest.raises(SafedeployError) as caught:
        Lab.up("again", 2)
    assert caught.value.code == "lab-differs"
