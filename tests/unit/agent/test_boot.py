"""A host that is restarted inside the window starts with what it had before."""

from __future__ import annotations

import pytest
from safedeploy_host import boot, boot_guard

FILES = {"sites/a.conf": b"new"}


@pytest.fixture
def changed(world):
    world.write("sites/a.conf", b"old")
    world.push(FILES, confirm=False)
    return world


def live(world):
    return (world.root / "sites/a.conf").read_bytes()


def control(world, code, say=""):
    path = world.base / "control"
    path.write_text(f"#!/bin/sh\necho \"$*\" >> {world.base}/asked\necho '{say}'\nexit {code}\n")
    return world.base / "asked"


def test_what_was_pending_is_undone_before_httpd_starts_and_httpd_is_not_touched(changed):
    asked = control(changed, 0)
    changed.httpd.boot = "the next start"
    done = boot.boot(changed.store)
    assert live(changed) == b"old"
    assert done["outcome"] == "reverted"
    state = changed.state
    assert (state["pending"], state["current"], state["known_good"]) == (None, "adopted", "adopted")
    assert "restarted" in state["last_revert"]["cause"]
    assert asked.read_text().split() == ["configtest"], "httpd is the system's to start"


def test_nothing_is_left_of_the_dead_man_that_went_down_with_the_host(changed):
    control(changed, 0)
    changed.httpd.boot = "the next start"
    left = changed.state_dir / "dead-man" / changed.state["pending"]["activation"]
    left.parent.mkdir(exist_ok=True)
    left.touch()
    boot.boot(changed.store)
    assert not left.exists()


def test_nothing_happens_at_the_start_of_a_host_that_is_in_order(world):
    world.push(FILES)
    assert boot.boot(world.store) is None
    assert live(world) == b"new"


def test_a_host_that_cannot_come_up_with_what_was_before_is_named_as_stranded(changed):
    control(changed, 1, "AH00526: Syntax error")
    with pytest.raises(Exception, match="no earlier configuration brings httpd up"):
        boot.boot(changed.store)
    assert changed.state["stranded"]["steps"]
    assert live(changed) == b"old"


def test_without_a_guard_the_first_command_after_the_restart_undoes_it_and_says_why(changed):
    changed.httpd.boot = "the next start"
    assert any("restarted before it was confirmed" in text for text in changed.call("observe")["problems"])
    with pytest.raises(Exception, match="restarted"):
        changed.confirm(changed.state["pending"]["activation"])
    assert live(changed) == b"old"


def test_a_guard_counts_when_the_next_start_would_run_it_for_this_state_directory(world, tmp_path):
    store, root = world.store, tmp_path / "root"
    assert not boot_guard.installed(store, str(root))["installed"]
    script = root / "etc/rc2.d/S01safedeploy-boot-guard"
    script.parent.mkdir(parents=True)
    script.write_text("python3 agent boot --state-dir /elsewhere\n")
    assert not boot_guard.installed(store, str(root))["installed"]
    script.write_text(f"python3 agent boot --state-dir {store.directory}\n")
    assert boot_guard.installed(store, str(root))["how"] == "sysv"
    (root / "run/systemd/system").mkdir(parents=True)
    assert not boot_guard.installed(store, str(root))["installed"], "systemd would not read the links of SysV"
    unit = root / "etc/systemd/system/multi-user.target.wants/safedeploy-boot-guard.service"
    unit.parent.mkdir(parents=True)
    unit.write_text(f"ExecStart=python3 agent boot --state-dir {store.directory}\n")
    assert boot_guard.installed(store, str(root))["how"] == "systemd"
