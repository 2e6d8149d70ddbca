"""What a project begins with before a fleet is adopted into it, and where the new files go."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from safedeploy.adapters import project_tree
from safedeploy.adapters.project_tree import Change
from safedeploy.cli.main import app
from safedeploy.core.adopt.project import Written
from safedeploy.core.errors import SafedeployError
from safedeploy.workflows.adopt_ground import EXAMPLES, again, begin, joined, written
from safedeploy.workflows.session import Target


@pytest.fixture
def project(tmp_path):
    """A new project of `safedeploy init`."""
    root = tmp_path / "project"
    assert CliRunner().invoke(app, ["init", str(root)]).exit_code == 0
    return root


def target(project, environment="prod"):
    return Target(project=project, environment=environment)


def refused(*arguments):
    with pytest.raises(SafedeployError) as caught:
        begin(*arguments)
    return caught.value.code


def test_the_untouched_example_makes_room(project):
    assert {name.removeprefix("inventories/prod/") for name in begin(target(project), None).change.replaced} == set(
        EXAMPLES
    )


def test_an_example_that_somebody_has_edited_stays_with_all_that_belongs_to_it(project):
    with (project / "inventories/prod/group_vars/all/sites.yml").open("a") as file:
        file.write("# ours\n")
    assert begin(target(project), None).change.replaced == {}


def test_a_project_that_does_not_exist_begins_with_the_inventory_that_was_given(tmp_path):
    (tmp_path / "hosts").write_text("web1\n")
    begun = begin(target(tmp_path / "new"), tmp_path / "hosts")
    assert {"safedeploy.yml", ".gitignore", "inventories/prod/hosts"} <= set(begun.change.new)
    assert not (tmp_path / "new").exists()


def test_without_a_project_and_an_inventory_there_is_nothing_to_begin_with(tmp_path):
    assert refused(target(tmp_path), None) == "adopt-no-project"


@pytest.mark.parametrize("environment", ["../prod", "a/b", ".x", "prod"])
def test_an_inventory_goes_only_where_nothing_is(project, tmp_path, environment):
    (tmp_path / "hosts").write_text("web1\n")
    assert refused(target(project, environment), tmp_path / "hosts") == "adopt-unsuitable"


def test_variables_are_not_put_beside_the_inventories_of_all_environments(project):
    (project / "inventories/one").write_text("web1\n")
    assert refused(target(project, "one"), None) == "adopt-unsuitable"


@pytest.mark.parametrize("key", ["inventory: ../elsewhere", "templates: ../elsewhere", "templates: /srv/elsewhere"])
def test_nothing_is_written_outside_of_the_project(project, key):
    (project.parent / "elsewhere").mkdir()
    (project / "safedeploy.yml").write_text(f"version: 1\nenvironments:\n  prod:\n    {key}\n")
    assert refused(target(project), None) == "adopt-unsuitable"


@pytest.mark.parametrize(
    ("known", "ending"),
    [
        ([], ""),
        (["safedeploy_files", "safedeploy_files_own"], ""),
        (["safedeploy_files_adopted"], "_2"),
        (["safedeploy_files_adopted_host"], "_2"),
        (["safedeploy_files_adopted", "safedeploy_files_adopted_2_group_web"], "_3"),
    ],
)
def test_a_second_adoption_has_variables_of_its_own(known, ending):
    assert again(known) == ending


def test_an_emptied_example_can_become_a_file_of_the_directory_of_its_group(project):
    begun = begin(target(project), None)
    with project_tree.mirror(project, begun.inventory, begun.templates) as copy:
        project_tree.apply(copy, begun.change)
        change = written(copy, begun, Written(variables=(("debian", None, "a: 1\n"), (None, None, "b: 2\n"))), "")
        project_tree.apply(copy, change)
        whole = joined(begun.change, change)
    project_tree.apply(project, whole)
    place = project / "inventories/prod/group_vars"
    assert (place / "debian/main.yml").read_bytes() == EXAMPLES["group_vars/debian.yml"]
    assert (place / "debian/adopted.yml").read_text() == "a: 1\n"
    assert (place / "all/adopted.yml").read_text() == "b: 2\n"
    assert not (place / "debian.yml").exists()


def test_a_copied_file_of_variables_is_written_at_once_where_it_is_to_be():
    first = Change(new={"i/host_vars/web1.yml": b"a"}, modes={"i/host_vars/web1.yml": 0o600})
    second = Change(
        new={"i/host_vars/web1/adopted.yml": b"b"}, moved={"i/host_vars/web1.yml": "i/host_vars/web1/main.yml"}
    )
    whole = joined(first, second)
    assert whole.new == {"i/host_vars/web1/main.yml": b"a", "i/host_vars/web1/adopted.yml": b"b"}
    assert (whole.moved, whole.modes) == ({}, {"i/host_vars/web1/main.yml": 0o600})
