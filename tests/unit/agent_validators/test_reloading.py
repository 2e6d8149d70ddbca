"""Another service is told to read its file after the switch, and again when the files go back."""

from __future__ import annotations

import pytest
from safedeploy_host import switch
from safedeploy_host.changing import changing

from tests.unit.agent.world import refused
from tests.unit.agent_validators.served import Served


@pytest.fixture
def served(tmp_path):
    return Served(tmp_path)


def push(served, content, release="aaaaaaaaaaaa", **more):
    return served.push({str(served.ini): content, "sites/a.conf": b"a"}, release, **more)


def test_a_changed_file_is_read_after_the_switch(served):
    done = push(served, b"second")
    assert served.loaded == b"second"
    assert [one["service"] for one in done["services"]] == ["app"]
    steps = [step["step"] for step in done["steps"]]
    assert steps[2:5] == ["switch", "services", "reload"]


def test_a_service_none_of_whose_files_changed_is_left_alone(served):
    push(served, b"second")
    served.push({str(served.ini): b"second", "sites/a.conf": b"a2"}, "bbbbbbbbbbbb", "run-1")
    assert served.asked == 1


def test_a_switch_that_fails_leaves_a_service_alone_that_has_read_nothing_new(served, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    served.stage({str(served.ini): b"second"})
    monkeypatch.setattr(switch, "_replace", full)
    assert refused(served.activate).detail["cause_code"] == "no-space"
    assert served.asked == 0


def test_a_file_without_a_reload_makes_nothing_reload(served):
    served.declared["files"][str(served.ini)] = {"validate": "app"}
    push(served, b"second")
    assert served.asked == 0


def test_a_service_that_will_not_read_the_file_gets_the_old_one_back_and_reads_that(served):
    error = refused(push, served, b"REFUSED")
    assert error.code == "reverted"
    assert error.detail["cause_code"] == "service-failed"
    assert "appd: will not read it" in error.message
    assert served.ini.read_bytes() == served.loaded == b"first"
    assert served.asked == 2
    assert served.httpd.reloads == 1, "httpd was reloaded for the way back alone"


def test_its_own_check_on_the_live_files_comes_before_the_reload(served):
    """The validator changes its mind between pre-flight and switch: the service is not told to read the file."""
    served.stage({str(served.ini): b"INVALID"})
    error = refused(served.activate)
    assert error.code == "reverted"
    assert "was not reloaded" in error.message
    assert "INVALID" in error.message
    assert served.loaded == b"first", "it read what was put back, and nothing else"


def test_httpd_failing_takes_the_other_service_back_too(served):
    error = refused(served.push, {str(served.ini): b"second", "sites/a.conf": b"DIES"})
    assert error.code == "reverted"
    assert served.loaded == b"first"
    assert served.asked == 2


def test_a_revert_on_request_makes_it_read_the_old_file(served):
    done = push(served, b"second")
    assert served.revert(done["activation"])["services"][0]["service"] == "app"
    assert served.loaded == b"first"


def test_a_revert_of_a_confirmed_activation_does_so_too(served):
    push(served, b"second")
    served.revert()
    assert served.loaded == b"first"


def test_the_end_of_the_window_makes_it_read_the_old_file(served):
    push(served, b"second", confirm=False)
    served.httpd.clock += 3600
    with changing(served.site, served.httpd):
        assert served.loaded == b"first"


def test_a_revert_works_although_the_service_cannot_be_told_and_says_so(served):
    done = push(served, b"second")
    served.script("reload", "#!/bin/sh\necho appd is not there; exit 1\n")
    result = served.revert(done["activation"])
    assert result["verified"] is True
    assert "its reload failed: appd is not there" in result["services"][0]["how"]
    assert served.ini.read_bytes() == b"first"


def test_a_path_that_leaves_management_is_read_as_the_release_before_declared_it(served):
    push(served, b"second")
    served.declared = {}
    served.push({"sites/a.conf": b"a"}, "bbbbbbbbbbbb", "run-1")
    assert served.ini.read_bytes() == served.loaded == b"first"


def test_the_same_tree_staged_again_takes_the_new_declaration(served):
    refused(push, served, b"REFUSED")
    served.declared["files"][str(served.ini)] = {"validate": "app", "reload": ["true"]}
    push(served, b"REFUSED")
    assert served.ini.read_bytes() == b"REFUSED"


def test_what_is_declared_changes_no_digest(served):
    files = {str(served.ini): b"second"}
    declared, _ = served.manifest(files)
    served.declared = {}
    assert served.manifest(files)[0]["tree"] == declared["tree"]


@pytest.mark.parametrize(
    "services",
    [
        [],
        {"other": {}},
        {"validators": {"app": {"command": "sh -c x"}}},
        {"validators": {"app": {"command": []}}},
        {"validators": {"app": {"command": ["x"], "shell": True}}},
        {"files": {"/x": "nginx"}},
        {"files": {"/x": {"reload": [1]}}},
        {"files": {"/x": {"reload": ""}, "/y": {"reload": []}}},
    ],
)
def test_a_malformed_declaration_is_refused(served, services):
    served.prepare({str(served.ini): b"second"})
    served.declared = services or [0]
    assert refused(served.preflight, {str(served.ini): b"second"}).code == "bad-request"
