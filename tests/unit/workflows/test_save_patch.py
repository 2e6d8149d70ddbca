"""A hand edit becomes a change of the project where that is exact, and a patch elsewhere."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess

import pytest

from safedeploy.core.drift import Drift, Terms
from safedeploy.core.drift_judge import judge
from safedeploy.core.drift_seen import DriftSeen
from safedeploy.core.observed import Httpd, Observed
from safedeploy.core.tree import Kind
from safedeploy.workflows import rendering
from safedeploy.workflows.drift import Found
from safedeploy.workflows.drift_shown import shown
from safedeploy.workflows.save_patch import save_patch
from safedeploy.workflows.session import Session, Target
from tests.unit.inventory.project import write

FILES = {
    "safedeploy.yml": "version: 1\nenvironments:\n  prod: {}\n",
    "inventories/prod/hosts.yml": "all:\n  hosts:\n    a: {name: a, db_password: hunter2-hunter2}\n"
    "    b: {name: b, db_password: hunter2-hunter2}\n  vars:\n    safedeploy_secrets: [db_password]\n"
    "    safedeploy_files:\n"
    "      - {static: robots.txt, dest: /var/www/robots.txt}\n"
    "      - {template: one.j2, dest: conf-available/one.conf}\n"
    "      - {template: each.j2, dest: 'conf-available/{{ item }}.conf', loop: [x, y]}\n"
    "      - {template: own.j2, dest: conf-available/own.conf, variable_start_string: '[[',\n"
    "         variable_end_string: ']]'}\n",
    "templates/own.j2": "# [[ name ]]\nTimeout 3\n",
    "files/robots.txt": "User-agent: *\n",
    "templates/one.j2": "# of {{ name }}\n{% include 'part.j2' %}\n\nSetEnv Password {{ db_password }}\nTimeout 60\n",
    "templates/part.j2": "KeepAlive On\n",
    "templates/each.j2": "# {{ item }}\nMaxRequests 5\n",
}
OWN = "/etc/apache2/conf-available/own.conf"
ONE, ROBOTS = "/etc/apache2/conf-available/one.conf", "/var/www/robots.txt"
X, Y = "/etc/apache2/conf-available/x.conf", "/etc/apache2/conf-available/y.conf"


def git(project, *words):
    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", *words], cwd=project, check=True, capture_output=True
    )


@pytest.fixture
def project(tmp_path):
    root = write(tmp_path / "project", FILES)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


@pytest.fixture
def session(project):
    with Session(Target(project=project, environment="prod")) as opened:
        yield opened


def found(session, edits, *, missing=(), deployed=None):
    """A check that found these edits: (host, path) -> function from what was released to what is live."""
    desired = rendering.render(session)
    seen, hosts = {}, {}
    for host in [name for name in desired if name not in missing]:
        tree = desired[host].tree
        recorded = {key: tree.content[entry.sha256] for key, entry in tree.entries.items() if entry.kind is Kind.FILE}
        recorded.update((deployed or {}).get(host, {}))
        live = {
            path: edits.get((host, path), lambda text: text)(content.decode()).encode()
            for path, content in recorded.items()
        }
        observed = Observed(
            host=host,
            current="r1",
            known_good="r1",
            current_tree=entries(tree.entries, recorded),
            live=entries(tree.entries, live),
            httpd=Httpd(installed=True, running=True, loaded=True),
        )
        by_digest = {hashlib.sha256(content).hexdigest(): content for content in recorded.values()}
        seen[host] = DriftSeen(observed=observed, recorded=by_digest, content=live)
        terms = Terms(environment="prod", at=0, certificate_days=14)
        hosts[host] = judge(seen[host], terms, shown(desired, "", session.hide)(host), tree.entries)
    why = dict.fromkeys(missing, "down")
    drift = Drift(environment="prod", run="r", at=0, seconds=0, hosts=hosts, missing=why)
    return Found(drift=drift, desired=desired, seen=seen)


def entries(tree, contents):
    return {
        path: dataclasses.replace(entry, sha256=hashlib.sha256(contents[path]).hexdigest(), size=len(contents[path]))
        if path in contents
        else entry
        for path, entry in tree.items()
    }


def add(line):
    return lambda text: f"{text}{line}\n"


def everywhere(path, change):
    return {("a", path): change, ("b", path): change}


def changed(project):
    listed = subprocess.run(["git", "status", "--porcelain"], cwd=project, check=True, capture_output=True, text=True)
    return [line[3:] for line in listed.stdout.splitlines()]


def why(kept):
    (reason,) = {one.why for one in kept}
    return reason


def test_an_edit_of_a_static_file_on_all_hosts_becomes_the_file(session, project, tmp_path):
    kept = save_patch(session, found(session, everywhere(ROBOTS, add("Disallow: /in/"))), tmp_path / "p")
    assert [(one.host, one.in_project, one.files) for one in kept] == [
        ("a", True, ("files/robots.txt",)),
        ("b", True, ("files/robots.txt",)),
    ]
    assert (project / "files/robots.txt").read_text() == "User-agent: *\nDisallow: /in/\n"
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (add("Options None"), "templates/one.j2"),
        (lambda text: text.replace("Timeout 60", "Timeout 5"), "templates/one.j2"),
        (lambda text: text.replace("KeepAlive On", "KeepAlive Off"), "templates/part.j2"),
        (lambda text: text.replace("Timeout 60", "Options None\nTimeout 60"), "templates/one.j2"),
    ],
)
def test_an_edit_of_a_verbatim_part_on_all_hosts_becomes_a_change_of_the_template(
    session, project, tmp_path, change, file
):
    check = found(session, everywhere(ONE, change))
    kept = save_patch(session, check, tmp_path / "p")
    assert [one.why for one in kept] == ["", ""]
    assert all(one.in_project for one in kept)
    assert changed(project) == [file]
    after = rendering.render(session)
    for host in ("a", "b"):
        assert after[host].tree.content[after[host].tree.entries[ONE].sha256] == check.seen[host].content[ONE]
        assert "{{ db_password }}" in (project / "templates/one.j2").read_text()


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ({("a", ONE): add("Options None")}, "gives exactly the edited file"),
        (everywhere(X, add("Options None")), "gives exactly the edited file"),
        (everywhere(ONE, lambda text: text.replace("# of", "# off")), "gives exactly the edited file"),
        (everywhere(ONE, add("{{ evil }}")), "gives exactly the edited file"),
        ({("a", ROBOTS): add("1"), ("b", ROBOTS): add("2")}, "gives exactly the edited file"),
        (everywhere(ROBOTS, add("{{ lookup('pipe', 'touch evil') }}")), "gives exactly the edited file"),
        (everywhere(OWN, add("[[ lookup('pipe', 'touch evil') ]]")), "delimiters of its own"),
    ],
    ids=[
        "one of two hosts",
        "one of two files",
        "a line with an expression",
        "jinja",
        "two different edits",
        "jinja in a static file",
        "delimiters of its own",
    ],
)
def test_an_edit_that_the_project_cannot_have_exactly_is_a_patch_and_the_project_as_it_was(
    session, project, tmp_path, edits, reason
):
    kept = save_patch(session, found(session, edits), tmp_path / "p/")
    assert reason in why(kept)
    assert changed(project) == []
    assert not (project / "evil").exists()
    assert all(one.files == (str(tmp_path / "p"),) for one in kept)
    assert (tmp_path / "p").stat().st_mode & 0o777 == 0o600


def test_both_files_of_a_loop_edited_alike_are_one_change_of_the_template(session, project, tmp_path):
    edits = {**everywhere(X, add("Options None")), **everywhere(Y, add("Options None"))}
    assert all(one.in_project for one in save_patch(session, found(session, edits), tmp_path / "p"))
    assert changed(project) == ["templates/each.j2"]


def test_a_patch_applies_to_what_was_released(session, tmp_path):
    check = found(session, {("a", ROBOTS): add("Disallow: /in/")})
    (tmp_path / "p").mkdir()
    (kept,) = save_patch(session, check, tmp_path / "p")
    assert kept.files == (str(tmp_path / "p/a.patch"),)
    write(tmp_path / "root", {"var/www/robots.txt": FILES["files/robots.txt"]})
    subprocess.run(["patch", "-p1", "-d", str(tmp_path / "root"), "-i", kept.files[0]], check=True, capture_output=True)
    assert (tmp_path / "root/var/www/robots.txt").read_bytes() == check.seen["a"].content[ROBOTS]


@pytest.mark.parametrize("password", ["hunter2-hunter2", "changed-by-hand"])
def test_no_secret_comes_into_the_project_or_a_patch(session, project, tmp_path, password):
    def edit(text):
        return text.replace("SetEnv Password hunter2-hunter2", f"SetEnv Password {password}") + f"# {password}\n"

    edits = everywhere(
        ONE, edit if password == "hunter2-hunter2" else lambda text: edit(text).replace(f"# {password}\n", "# x\n")
    )
    kept = save_patch(session, found(session, edits), tmp_path / "p")
    assert changed(project) == []
    assert kept
    text = (tmp_path / "p").read_text()
    assert password not in text
    assert "hunter2" not in text


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda project: (project / "files/robots.txt").open("a").write("# mine\n"), "the project has moved on"),
        (lambda project: git(project, "rm", "-q", "--cached", "files/robots.txt"), "git does not track it"),
        (lambda project: (project / ".git").rename(project.parent / "gone"), "no git work tree"),
    ],
    ids=["changed", "untracked", "no repository"],
)
def test_a_file_whose_change_could_not_be_thrown_away_is_left_alone(session, project, tmp_path, spoil, reason):
    spoil(project)
    released = {host: {ROBOTS: b"User-agent: *\n"} for host in ("a", "b")}
    before = (project / "files/robots.txt").read_text()
    kept = save_patch(session, found(session, everywhere(ROBOTS, add("x")), deployed=released), tmp_path / "p")
    assert reason in why(kept)
    assert (project / "files/robots.txt").read_text() == before


def test_an_uncommitted_change_that_does_not_matter_to_the_rendering_is_in_the_way_too(session, project, tmp_path):
    part = project / "templates/part.j2"
    part.write_text("{# mine #}KeepAlive On\n")
    kept = save_patch(session, found(session, everywhere(ONE, lambda text: text.replace("On", "Off"))), tmp_path / "p")
    assert not any(one.in_project for one in kept)
    assert part.read_text() == "{# mine #}KeepAlive On\n"


def test_a_host_that_was_not_read_may_have_another_edit(session, project, tmp_path):
    check = found(session, {("a", ROBOTS): add("x")}, missing=("b",))
    assert "b has it too, and was not read" in why(save_patch(session, check, tmp_path / "p"))
    assert changed(project) == []


def test_with_a_limit_no_file_of_the_project_is_changed(project, tmp_path):
    with Session(Target(project=project, environment="prod", limit="a")) as limited:
        kept = save_patch(limited, found(limited, {("a", ROBOTS): add("x")}), tmp_path / "p")
    assert "with --limit" in why(kept)
    assert changed(project) == []
