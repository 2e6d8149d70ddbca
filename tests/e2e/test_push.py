"""A good push: nobody notices."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import ExitCode
from safedeploy.lab.download import DOWNLOADS, files
from safedeploy.lab.kept_alive import KeptAlive
from safedeploy.lab.traffic import NEW, Traffic

pytestmark = pytest.mark.shadow


def test_a_good_push_loses_no_request_of_any_site(untouched, project):
    with untouched.visitors() as visitors:
        done = project.push()
    assert done.code == ExitCode.OK, done.text
    assert done.ends() == {"web1": "confirmed", "web2": "confirmed", "web3": "confirmed"}
    assert len(visitors.requests) > 500
    assert visitors.failures == ()


def test_a_second_release_loses_no_request_on_kept_connections_and_breaks_no_download(pushed, project):
    for host in pushed.lab.hosts:
        for path, content in files(host).items():
            pushed.lab.put(host.name, path, content)
    project.second_release()
    kept_alive = KeptAlive()
    with Traffic(pushed.lab.hosts, pushed.lab.certificate, [NEW, kept_alive.kind, DOWNLOADS]) as visitors:
        done = project.push()
    assert done.code == ExitCode.OK, done.text
    assert visitors.failures == ()
    assert visitors.by_kind()[DOWNLOADS.name] >= 2 * len(pushed.names)
    assert kept_alive.reused > 500


def test_the_same_push_again_does_nothing_and_says_why(pushed, project):
    before = pushed.each(pushed.reloads)
    done = project.push()
    assert done.code == ExitCode.OK
    assert set(done.ends().values()) == {"unchanged"}
    assert "nothing" in done.out
    assert "live files equal release" in done.out
    assert "httpd has loaded them" in done.out
    assert pushed.each(pushed.reloads) == before, "httpd was reloaded"


def test_leases_are_all_taken_first_only_where_there_are_more_hosts_than_forks(pushed, project):
    project.second_release()
    together = project.run("check", "lab", "--no-diff")
    assert "Take the lease" not in together.text
    assert together.text.count(": ok: Stage and test the release") == 3
    project.rollout(forks=2)
    few = project.run("check", "lab", "--no-diff").text
    assert few.count(": ok: Take the lease") == 3
    assert few.rindex(": ok: Take the lease") < few.index(": ok: Stage and test the release")


def test_what_changed_goes_to_a_host_with_the_first_request(pushed, project):
    project.second_release()
    text = project.run("-vvv", "check", "lab", "--no-diff", "--limit", "web1").text
    asked = [line for line in text.splitlines() if " EXEC " in line and " preflight" in line]
    assert len(asked) == 1, text


def test_a_push_writes_an_audit_line_with_its_reason_on_every_host(pushed, project):
    project.second_release()
    assert project.push("--reason", "header for the auditors").code == ExitCode.OK
    for host in pushed.names:
        audit = pushed.shell(host, f"cat {pushed.host(host).layout.state_dir}/audit.jsonl")
        assert "header for the auditors" in audit


def test_files_that_the_new_release_no_longer_has_are_removed(pushed, project):
    first = pushed.trees()
    project.conf("# one more file")
    assert project.push().code == ExitCode.OK
    new = {path for path in pushed.trees()["web3"] if path not in first["web3"]}
    assert {path.rpartition("/")[2] for path in new} == {"extra.conf"}
    project.variables(safedeploy_files_extra=[])
    assert project.push().code == ExitCode.OK
    assert pushed.trees() == first


def test_a_push_to_one_host_leaves_the_others_alone(pushed, project):
    before = pushed.trees()
    project.second_release()
    assert project.push("--limit", "web2").code == ExitCode.OK
    after = pushed.trees()
    assert [host for host in pushed.names if after[host] != before[host]] == ["web2"]
