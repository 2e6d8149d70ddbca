"""A change of a project happens wholly or not at all, and overwrites nothing."""

from __future__ import annotations

import os

import pytest

from safedeploy.adapters import project_tree
from safedeploy.adapters.project_tree import Change, apply, inventory_files, mirror, variable_file
from safedeploy.core.errors import SafedeployError


def snapshot(root):
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None for path in sorted(root.rglob("*"))
    }


def write(root, **files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    write(
        root,
        **{"safedeploy.yml": "version: 1\n", "inventories/prod/host_vars/web1.yml": "a: 1\n", "templates/x.j2": "x"},
    )
    return root


def test_files_are_written_moved_and_replaced(project):
    moved = {"inventories/prod/host_vars/web1.yml": "inventories/prod/host_vars/web1/main.yml"}
    new = {"inventories/prod/host_vars/web1/adopted.yml": b"b: 2\n", "files/prod/run": b"#!"}
    apply(
        project,
        Change(new=new, moved=moved, replaced={"templates/x.j2": (b"x", b"y")}, modes={"files/prod/run": 0o755}),
    )
    assert snapshot(project / "inventories/prod/host_vars") == {
        "web1": None,
        "web1/adopted.yml": b"b: 2\n",
        "web1/main.yml": b"a: 1\n",
    }
    assert (project / "templates/x.j2").read_bytes() == b"y"
    assert os.access(project / "files/prod/run", os.X_OK)


def test_a_file_without_ending_becomes_one_of_the_directory_of_its_name(project):
    write(project, **{"inventories/prod/host_vars/web2": "c: 3\n"})
    place, moved = variable_file(project / "inventories/prod", "host_vars", "web2", "adopted.yml")
    assert (place, moved) == ("host_vars/web2/adopted.yml", {"host_vars/web2": "host_vars/web2/main.yml"})
    below = "inventories/prod/"
    apply(
        project, Change(new={below + place: b"d: 4\n"}, moved={below + one: below + two for one, two in moved.items()})
    )
    assert (project / "inventories/prod/host_vars/web2/main.yml").read_text() == "c: 3\n"


def test_a_file_that_is_there_is_never_overwritten(project):
    before = snapshot(project)
    with pytest.raises(SafedeployError) as caught:
        apply(project, Change(new={"a": b"", "templates/x.j2": b"y"}))
    assert caught.value.code == "adopt-would-overwrite"
    assert "templates/x.j2" in caught.value.what
    assert snapshot(project) == before


def test_what_somebody_has_changed_is_not_replaced(project):
    with pytest.raises(SafedeployError) as caught:
        apply(project, Change(replaced={"templates/x.j2": (b"other", b"y")}))
    assert caught.value.code == "adopt-would-overwrite"
    assert (project / "templates/x.j2").read_bytes() == b"x"


@pytest.mark.parametrize("at", range(1, 9))
def test_whatever_fails_the_project_is_as_it_was(project, monkeypatch, at):
    before = snapshot(project)
    calls = []

    def fails(*arguments):
        calls.append(arguments)
        if len(calls) == at:
            raise OSError(28, "No space left on device", "x")
        return real(*arguments)

    real = project_tree._rename
    monkeypatch.setattr(project_tree, "_rename", fails)
    change = Change(
        new={f"files/prod/{name}": b"x" for name in "abc"} | {"inventories/prod/host_vars/web1/adopted.yml": b"x"},
        moved={"inventories/prod/host_vars/web1.yml": "inventories/prod/host_vars/web1/main.yml"},
        replaced={"templates/x.j2": (b"x", b"y")},
    )
    with pytest.raises(SafedeployError) as caught:
        apply(project, change)
    assert caught.value.code == "adopt-cannot-write"
    assert snapshot(project) == before


def test_a_mirror_takes_changes_that_the_project_does_not_see(project):
    write(project, **{"files/prod/there": "x", "group/more": "x"})
    before = snapshot(project)
    with mirror(project, "inventories/prod", "templates") as copy:
        assert snapshot(copy).items() >= {"templates/x.j2": b"x", "safedeploy.yml": b"version: 1\n"}.items()
        assert (copy / "group/more").read_text() == "x"
        apply(copy, Change(new={"files/prod/new": b"", "templates/prod/new.j2": b"", "inventories/prod/new.yml": b""}))
        (copy / "inventories/prod/host_vars/web1.yml").write_text("changed")
    assert snapshot(project) == before
    assert not copy.exists()


def test_an_inventory_is_copied_with_the_variables_beside_it(tmp_path):
    write(tmp_path, **{"inv/hosts": "web1", "inv/host_vars/web1.yml": "a: 1", "inv/other.txt": "x"})
    (tmp_path / "inv/hosts").chmod(0o700)
    found = inventory_files(tmp_path / "inv/hosts", "inventories/prod")
    assert set(found.new) == {"inventories/prod/hosts", "inventories/prod/host_vars/web1.yml"}
    assert found.modes["inventories/prod/hosts"] == 0o700


def test_an_inventory_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(SafedeployError, match="does not exist"):
        inventory_files(tmp_path / "nothing", "i")
