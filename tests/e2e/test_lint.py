"""The linter is the first stage of a push: what it refuses comes to no host."""

from __future__ import annotations

from safedeploy.core.errors import ExitCode


def test_a_push_that_the_linter_refuses_changes_nothing_and_names_the_line(pushed, project):
    project.lint(fail_on="error")
    before = pushed.trees()
    project.conf("Listen 8123\nListen 8123")
    refused = project.push()
    assert refused.code == ExitCode.REFUSED
    assert "templates/extra.conf.j2:2:1: error[duplicate-listen]: port 8123 is listened on twice" in refused.err
    assert "hosts:  web1, web2, web3" in refused.err
    assert "error[lint-refused]" in refused.err
    assert "observe:" not in refused.err
    assert pushed.trees() == before
