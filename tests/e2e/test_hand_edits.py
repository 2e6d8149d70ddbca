"""What somebody changed on a host by hand is named before it is replaced, and never lost."""

from __future__ import annotations

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems

EDIT = "# edited at three in the morning"


def edit(fleet, host="web2"):
    layout = fleet.host(host).layout
    path = f"{layout.server_root}/sites-available/app.conf"
    fleet.shell(host, f"echo '{EDIT}' >> {path}")
    return path


def test_the_plan_names_a_hand_edit_and_shows_it(pushed, project):
    path = edit(pushed)
    done = project.plan()
    assert done.code == ExitCode.OK
    assert path in done.out
    assert "edited" in done.out
    assert f"-{EDIT}" in done.out
    assert "web1, web3: nothing" in done.out


def test_a_push_over_a_hand_edit_keeps_it_aside(pushed, project):
    path = edit(pushed)
    edited = pushed.lab.snapshot("web2")[path].split()[-1]
    assert project.push().code == ExitCode.OK
    assert EDIT not in pushed.shell("web2", f"cat {path}")
    state = pushed.host("web2").layout.state_dir
    kept = pushed.shell("web2", f"grep -rlF '{EDIT}' {state}/objects").split()
    assert [name.rpartition("/")[2] for name in kept] == [edited]


def test_a_push_that_fails_puts_a_hand_edit_back(pushed, project):
    edit(pushed, "web1")
    before = pushed.trees()
    project.breaks_the_site()
    assert project.push().code == ExitCode.REVERTED
    assert pushed.trees() == before


def test_status_counts_the_edited_files(pushed, project):
    path = edit(pushed)
    done = project.run("status", "lab")
    assert "1 edited" in done.out
    assert f"web2: edited: {path}" in done.out


def test_an_edit_inside_the_window_is_not_confirmed_and_is_kept_aside_and_shown(pushed, project):
    project.second_release()
    assert project.push("--hold").code == ExitCode.OK
    path = edit(pushed, "web1")
    refused = project.run("confirm", "lab", "--yes", "--json")
    assert refused.code == ExitCode.REFUSED, refused.text
    assert f"edited by hand since it was activated: {path}" in refused.document["hosts"]["web1"]["why"]
    done = project.run("abort", "lab", "--json")
    assert problems(done.document, "safedeploy-decision") == []
    (kept,) = done.document["hosts"]["web1"]["went_back"]["kept_aside"]
    assert kept["path"] == path
    assert EDIT not in pushed.shell("web1", f"cat {path}")
    status = project.run("status", "lab").out.replace("\n", "")
    assert f"web1:   to have it back, on the host: {kept['restore']}" in status
    assert EDIT in pushed.shell("web1", f"{kept['restore']} && cat {path}")
