"""What is not as it was deployed is found, named right, and left as it is."""

from __future__ import annotations

import subprocess

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems

EDIT = "# edited at three in the morning"


def everything(fleet):
    """All that a host has of httpd's files and of safedeploy's own, with modes, owners and times."""
    layout = fleet.host(fleet.names[0]).layout
    places = f"{layout.server_root} {layout.www_root} {layout.state_dir}"
    script = f"find {places} -printf '%p %y %m %u %g %s %T@ %C@ %l\\n' | sort; cat {layout.state_dir}/*.json*"
    return fleet.each(lambda host: fleet.shell(host, script))


def drift(project, *arguments):
    return project.run("drift", "lab", *arguments)


def found(document):
    """(host, kind, path below the server root) of every item but the certificates."""
    return {
        (one["host"], one["kind"], (one["path"] or "").partition("/apache2/")[2] or one["path"])
        for one in document["items"]
    }


def test_nothing_is_drift_after_a_push_nor_is_what_does_no_harm(untouched, project, tmp_path):
    project.without_shadow()
    project.rollout(batches=["100%"])
    assert project.push().code == ExitCode.OK
    layout = untouched.host("web1").layout
    untouched.shell(
        "web1", f"touch {layout.server_root}/sites-available/app.conf {layout.server_root}/apache2.conf.tmp"
    )
    untouched.shell("web2", f"cat {layout.server_root}/sites-available/*.conf >/dev/null")
    log = f"{layout.log_dir}/access.log"
    untouched.shell("web2", f"touch {log} && mv {log} {log}.1 && touch {log}")
    untouched.shell("web3", f"mkdir -p {layout.www_root}/html/uploads && echo hello > {layout.www_root}/html/a.html")
    before = everything(untouched)

    report, metrics = tmp_path / "report.xml", tmp_path / "lab.prom"
    done = drift(project, "--junit", str(report), "--metrics", str(metrics))

    assert done.code == ExitCode.OK, done.text
    assert "drift of lab: none: 3 hosts as deployed" in done.out
    assert everything(untouched) == before
    assert 'failures="0"' in report.read_text()
    assert 'safedeploy_drift{environment="lab",host="web1",kind="edited"} 0.0' in metrics.read_text()
    assert metrics.stat().st_mode & 0o777 == 0o644

    project.second_release()
    moved_on = drift(project, "--json")
    assert moved_on.code == ExitCode.OK
    assert moved_on.document["items"] == []
    assert {one["path"].rpartition("/")[2] for one in moved_on.document["undeployed"]} == {"security-headers.conf"}


def by_hand(fleet):
    """Every kind of drift that a person makes on a host, in one go."""
    layout = fleet.host("web1").layout
    root = layout.server_root
    fleet.shell(
        "web1",
        f"cd {root} && echo '{EDIT}' >> sites-available/app.conf && rm conf-available/log-formats.conf"
        " && chmod 0600 conf-available/security-headers.conf && ln -sfn ../sites-available/app.conf"
        f" sites-enabled/www.conf && echo '{EDIT}' >> {layout.www_root}/app/.htaccess",
    )
    fleet.shell(
        "web2",
        f"cd {root} && echo '{EDIT}' >> sites-available/app.conf && echo '{EDIT}' > conf-enabled/zz-debug.conf"
        " && cp sites-available/www.conf sites-enabled/www.conf.dpkg-old && ln -s nowhere conf-enabled/nowhere.conf"
        " && ln -s ../sites-available/000-default.conf sites-enabled/000-default.conf"
        f" && mkdir {layout.www_root}/app/below && echo '{EDIT}' > {layout.www_root}/app/below/.htaccess",
    )
    fleet.shell("web3", f"echo Misspelt >> {root}/conf-available/status-page.conf")


def test_every_kind_of_drift_is_named_for_what_it_is(pushed, project, tmp_path):
    by_hand(pushed)
    project.settings(lambda document: document["environments"]["lab"].update(drift={"certificate_days": 100}))
    before = everything(pushed)
    report, metrics = tmp_path / "report.xml", tmp_path / "lab.prom"

    done = drift(project, "--json", "--junit", str(report), "--metrics", str(metrics))

    assert done.code == ExitCode.DIFFERENCES, done.text
    assert everything(pushed) == before
    assert problems(done.document, "safedeploy-drift") == []
    layout = pushed.host("web1").layout
    ending = {one for one in found(done.document) if one[1] == "certificate"}
    assert {host for host, _, _ in ending} == {"web2", "web3"}  # web1's link to the TLS site leads elsewhere now
    assert found(done.document) - ending == {
        ("web1", "edited", "sites-available/app.conf"),
        ("web1", "edited", f"{layout.www_root}/app/.htaccess"),
        ("web1", "missing", "conf-available/log-formats.conf"),
        ("web1", "mode", "conf-available/security-headers.conf"),
        ("web1", "wrong-link", "sites-enabled/www.conf"),
        ("web1", "not-reloaded", None),
        ("web2", "edited", "sites-available/app.conf"),
        ("web2", "extra", "conf-enabled/zz-debug.conf"),
        ("web2", "extra", "conf-enabled/nowhere.conf"),
        ("web2", "extra", "sites-enabled/www.conf.dpkg-old"),
        ("web2", "extra", "sites-enabled/000-default.conf"),
        ("web2", "extra", f"{layout.www_root}/app/below/.htaccess"),
        ("web2", "not-reloaded", None),
        ("web3", "edited", "conf-available/status-page.conf"),
        ("web3", "invalid", "conf-enabled/status-page.conf"),
        ("web3", "not-reloaded", None),
    }
    assert all(one["changed"] for one in done.document["items"] if one["path"] and one["kind"] == "edited")
    assert report.read_text().count("<failure") == len({(one["host"], one["kind"]) for one in done.document["items"]})
    assert 'safedeploy_drift{environment="lab",host="web2",kind="extra"} 5.0' in metrics.read_text()

    again = drift(project, "--json").document
    assert [one["fingerprint"] for one in again["items"]] == [one["fingerprint"] for one in done.document["items"]]


def test_equal_findings_of_several_hosts_are_shown_once_and_a_host_that_is_down_hides_none(pushed, project):
    for host in ("web1", "web2"):
        pushed.shell(host, f"echo '{EDIT}' >> {pushed.host(host).layout.server_root}/sites-available/app.conf")
    project.of_host("web3", ansible_port=2)
    done = drift(project)
    assert done.code == ExitCode.DIFFERENCES
    assert done.out.count(f"+{EDIT}") == 1
    assert "edited: /etc/apache2/sites-available/app.conf on web1, web2" in done.out or not pushed.in_namespaces
    assert "unreachable: web3" in done.out
    assert "2 edited, 2 not-reloaded on 2 of 2 hosts; 1 host not read" in done.out, done.text
    assert drift(project, "--limit", "web3").code == ExitCode.UNREACHABLE


def test_what_was_deployed_is_put_back_with_all_checks_and_what_a_push_cannot_put_right_is_said(pushed, project):
    released = pushed.trees()
    by_hand(pushed)
    project.rollout(batches=["100%"])
    with pushed.visitors(("web1", "web2")) as visitors:
        done = drift(project, "--fix", "--yes", "--no-diff")
    assert done.code == ExitCode.DIFFERENCES, done.text  # the extra files are still there
    assert done.ends() == dict.fromkeys(pushed.names, "confirmed")
    assert "put back on lab: 3 confirmed" in done.out
    assert (
        "not put right by --fix: extra: /etc/apache2/conf-enabled/zz-debug.conf" in done.out or not pushed.in_namespaces
    )
    assert visitors.failures == ()
    now = pushed.trees()
    assert {host: tree for host, tree in now.items() if host != "web2"} == {
        "web1": released["web1"],
        "web3": released["web3"],
    }
    assert {path: now["web2"][path] for path in released["web2"]} == released["web2"]
    assert {(host, kind) for host, kind, _ in found(drift(project, "--json").document)} == {("web2", "extra")}


def test_a_hand_edit_on_all_hosts_becomes_a_change_of_the_template_and_then_an_empty_plan(pushed, project, tmp_path):
    def git(*words):
        line = ["git", "-c", "user.name=ops", "-c", "user.email=ops@example.test", *words]
        return subprocess.run(line, cwd=project.root, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "as it is")
    root = pushed.host("web1").layout.server_root
    pushed.each(lambda host: pushed.shell(host, f"echo '{EDIT}' >> {root}/conf-available/log-formats.conf"))
    pushed.shell("web2", f"echo '{EDIT}' >> {root}/sites-available/app.conf")

    done = drift(project, "--no-diff", "--save-patch", f"{tmp_path}/")

    assert done.code == ExitCode.DIFFERENCES
    assert git("status", "--porcelain").split() == ["M", "templates/log-formats.conf.j2"]
    assert EDIT in (tmp_path / "web2.patch").read_text()
    changes = project.plan("--json", "--no-examine").document["hosts"]
    assert {
        host: [one["path"].rpartition("/")[2] for one in item["actions"] if one["action"] != "none"]
        for host, item in changes.items()
    } == {"web1": [], "web2": ["app.conf"], "web3": []}
