"""The script for a stranded host, run by a POSIX shell: what it puts back, and what a planted link makes of it."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from safedeploy_host import by_hand

from tests.unit.agent.world import refused

SHELLS = [shell for shell in ("sh", "dash") if shutil.which(shell)]
GOOD = {"sites/a.conf": b"a", "on/a.conf": "-n"}


@pytest.fixture(params=SHELLS)
def run(request, world):
    """Runs the script of a host that no configuration brings up."""
    world.push(GOOD)
    world.stage({"sites/a.conf": b"a2", "on/a.conf": "../sites/a.conf"}, "bbbbbbbbbbbb")
    world.httpd.always_dead = True
    refused(world.activate, "bbbbbbbbbbbb")
    script = world.state_dir / "by-hand.sh"
    script.write_text(script.read_text().rpartition("\n\n")[0])  # without httpd and this program
    return lambda: subprocess.run([request.param, script], capture_output=True, text=True, check=True)


def found(directory):
    return sorted(path.name for path in directory.iterdir())


def test_a_link_to_a_directory_is_replaced_and_not_written_into(world, run):
    elsewhere = world.base / "elsewhere"
    elsewhere.mkdir()
    (world.root / "sites/a.conf").unlink()
    (world.root / "sites/a.conf").symlink_to(elsewhere)
    run()
    assert (world.root / "sites/a.conf").read_bytes() == b"a"
    assert not (world.root / "sites/a.conf").is_symlink()
    assert (found(elsewhere), found(world.root / "sites")) == ([], ["a.conf"])


def test_a_link_whose_target_looks_like_an_option_is_put_back(world, run):
    (world.root / "on/a.conf").unlink()
    run()
    assert world.snapshot()["on/a.conf"] == ("link", "-n")


def test_the_steps_without_a_script_put_it_back_too(world, run):
    (world.root / "on/a.conf").unlink()
    (line,) = by_hand._plain(world.store, world.state["stranded"]["record"])
    subprocess.run(line, shell=True, check=True, cwd=world.base)
    assert world.snapshot()["on/a.conf"] == ("link", "-n")


def test_a_link_that_was_planted_where_it_writes_first_is_not_followed(world, run):
    secret = world.base / "secret"
    secret.write_text("theirs")
    (world.root / "sites/a.conf").write_text("broken")
    (world.root / "sites/.ht.safedeploy.by-hand").symlink_to(secret)
    run()
    assert secret.read_text() == "theirs"
    assert (world.root / "sites/a.conf").read_bytes() == b"a"


def test_what_cannot_be_put_back_leaves_nothing_beside_it(world, run):
    (world.root / "sites/a.conf").write_text("broken")
    script = world.state_dir / "by-hand.sh"
    script.write_text(script.read_text().replace("\nset -u", "\nset -u\nmv() { return 1; }"))
    assert "was not put back" in run().stderr
    assert found(world.root / "sites") == ["a.conf"]
