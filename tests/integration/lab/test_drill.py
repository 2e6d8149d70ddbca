"""Drills as a trainee goes through them, command by command, on a real fleet."""

from __future__ import annotations

import os
import signal

import pytest

from safedeploy.lab import Lab, visiting
from safedeploy.lab.drill import FILE
from safedeploy.lab.faults import record
from safedeploy.lab.processes import wait_until
from tests.e2e import program

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def trained(_labs):
    """A lab of two hosts for all drills."""
    lab = Lab.up(f"test-{os.getpid()}-drills", 2, "auto")
    yield lab
    lab.down()


@pytest.fixture
def drill(trained, tmp_path):
    """A function that runs `safedeploy lab drill ...`; the drill is ended after the test, if it is not over."""
    environ = {"SAFEDEPLOY_LAB_NAME": trained.name, "SAFEDEPLOY_LAB_DIR": str(trained.directory.parent)}
    yield lambda *words: program.run("lab", "drill", *words, cwd=tmp_path, environ=environ)
    program.run("lab", "drill", "end", cwd=tmp_path, environ=environ)


def nothing_is_left(lab):
    return (
        not (lab.directory / FILE).exists()
        and record.read(lab.directory) is None
        and not visiting.strays(lab.directory)
    )


def test_a_drill_from_the_page_to_the_end(trained, drill):
    before = trained.snapshot("web2")
    begun = drill("hand-edit", "--host", "web2")
    assert begun.code == 0, begun.text
    assert "PAGE  app.lab.test answers 503." in begun.out
    assert "safedeploy lab ssh web1" in begun.out
    assert "hand-edit" not in begun.text
    assert drill("httpd-down").code == 2
    wrong = drill("check", "--cause", "backend-down")
    assert wrong.code == 8
    assert "not backend-down" in wrong.out
    assert "web2: http://app.lab.test/: status 503" in wrong.out
    assert "hint 1" in drill("hint").out
    trained.exec(
        "web2", ["sed", "-i", "/Redirect 503/d", f"{trained.host('web2').layout.server_root}/sites-available/app.conf"]
    )
    trained.exec("web2", ["apache2ctl", "graceful"])
    done = drill("check", "--cause", "hand-edit")
    assert done.code == 0, done.text
    assert "1 hint, 1 wrong cause (backend-down)" in done.out
    assert "a line for maintenance that was left in by hand" in done.out
    assert trained.snapshot("web2") == before
    assert nothing_is_left(trained)


def test_the_end_tells_which_rule_knew_it(trained, drill):
    drill("rewrite-loop", "--host", "web1")
    document = drill("reveal", "--json").document
    assert document["cause"]["rule"] == "rewrite-loop"
    assert any("[rewrite-loop]" in line for line in document["said"]["lint"])
    assert document["said"]["diagnose"] is None  # there is no project here


def test_a_host_that_was_well_is_put_back_too(trained, drill):
    before = trained.snapshot("web1")
    drill("hand-edit", "--host", "web2", "--no-look")
    trained.put("web1", f"{trained.host('web1').layout.server_root}/conf-enabled/desperate.conf", "Timeout 1\n")
    told = drill("check", "--cause", "hand-edit")
    assert "web1: " in told.out
    assert "desperate.conf is new" in told.out
    drill("end")
    assert trained.snapshot("web1") == before


def test_a_repair_that_opens_too_much_does_not_pass(trained, drill):
    if trained.state.mode != "namespaces":
        pytest.skip("needs hosts in namespaces")
    drill("permissions", "--host", "web1", "--no-look")
    trained.exec("web1", ["chmod", "777", f"{trained.host('web1').layout.www_root}/app"])
    spoilt = drill("check", "--cause", "permissions")
    assert spoilt.code == 8
    assert "anybody may write /var/www/app now" in spoilt.out
    trained.exec("web1", ["chmod", "755", f"{trained.host('web1').layout.www_root}/app"])
    assert drill("check").code == 0


def test_what_is_not_to_be_repaired_here_is_only_to_be_named(trained, drill):
    drill("upstream-broken", "--host", "web1", "--no-look")
    done = drill("check", "--cause", "upstream-broken")
    assert done.code == 0
    assert "not for you to repair" in done.out
    assert nothing_is_left(trained)


def test_a_drill_that_was_killed_while_it_began_can_be_ended(trained, drill, tmp_path):
    environ = {"SAFEDEPLOY_LAB_NAME": trained.name, "SAFEDEPLOY_LAB_DIR": str(trained.directory.parent)}
    before = trained.snapshot("web1")
    with program.running("lab", "drill", "network-cut" if trained.state.mode == "namespaces" else "backend-slow",
                         "--host", "web1", cwd=tmp_path, environ=environ) as started:  # fmt: skip
        assert wait_until(lambda: record.read(trained.directory) is not None, seconds=20)
        started.process.send_signal(signal.SIGKILL)
        started.process.wait()
    assert drill("end").code == 0
    assert trained.snapshot("web1") == before
    assert nothing_is_left(trained)


def test_without_a_drill_its_commands_say_so(drill):
    for word in ("status", "hint", "check", "reveal"):
        done = drill(word)
        assert done.code == 2
        assert "drill-none" in done.err
    assert "No drill goes on" in drill("end").err
