"""What is published: the wheel carries all that the program needs, nothing else, and works without a checkout."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.packaging.conftest import CHECKOUT, build, outside, unpack

VERSION = re.search(r'__version__ = "(.+)"', (CHECKOUT / "safedeploy/__init__.py").read_text()).group(1)
DATA = ("playbooks", "templates", "inventories/example")


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        cwd=CHECKOUT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [name for name in listed.stdout.split("\0") if name and (CHECKOUT / name).is_file()]


def in_the_wheel(name: str) -> str | None:
    if any(name.startswith(f"{part}/") for part in DATA):
        return f"safedeploy/_data/{name}"
    return name if name.startswith("safedeploy/") else None


def run(*line: object, cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in line], cwd=cwd, env=outside(**extra), capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_wheel_holds_the_package_its_data_and_the_licence_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    meta = {name for name in names if name.startswith(f"safedeploy-{VERSION}.dist-info/")}
    expected = {place for name in tracked() if (place := in_the_wheel(name))}
    assert names - meta == expected
    assert {Path(name).name for name in meta} == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "LICENSE"}


@pytest.mark.parametrize("part", [*DATA, "playbooks/module_utils/safedeploy_host", "playbooks/action_plugins"])
def test_the_wheel_carries(wheel, part):
    with zipfile.ZipFile(wheel) as archive:
        assert [name for name in archive.namelist() if name.startswith(f"safedeploy/_data/{part}/")]


def test_the_source_distribution_can_be_tested_by_whoever_packages_it(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md", "scripts/test", "docs/architecture.md"} <= names
    assert any(name.startswith("tests/") for name in names)
    assert not {name for name in names if name.startswith((".venv/", ".git/", ".cache/"))}


def test_two_builds_of_one_source_are_the_same_bytes(wheel, sdist, tmp_path_factory):
    again = build("wheel", unpack(sdist, tmp_path_factory.mktemp("again")), tmp_path_factory.mktemp("built"))
    assert again.read_bytes() == wheel.read_bytes()


@pytest.mark.timeout(600)
def test_the_installed_program_says_its_version(installed, tmp_path):
    done = run(installed / "safedeploy", "--version", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert VERSION in done.stdout


def test_the_installed_package_does_not_come_from_the_checkout(installed, tmp_path):
    done = run(installed / "python", "-c", "import safedeploy; print(safedeploy.__file__)", cwd=tmp_path)
    assert done.stdout.startswith(str(installed.parent))


def test_init_makes_a_project_from_the_wheel_alone(installed, tmp_path):
    done = run(installed / "safedeploy", "init", "proj", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    project = tmp_path / "proj"
    assert (project / "safedeploy.yml").is_file()
    assert (project / "inventories").is_dir()
    assert list((project / "templates").rglob("*.j2"))


def test_the_ansible_that_runs_is_the_one_of_the_environment(installed, tmp_path):
    """An older Ansible first on PATH must not be picked up."""
    trap = tmp_path / "bin"
    trap.mkdir()
    for name in ("ansible-playbook", "ansible-inventory", "ansible"):
        (trap / name).write_text("#!/bin/sh\necho the wrong Ansible was run >&2\nexit 99\n")
        (trap / name).chmod(0o755)
    assert run(installed / "safedeploy", "init", "proj", cwd=tmp_path).returncode == 0
    done = run(
        installed / "safedeploy", "--project", "proj", "plan", "example", cwd=tmp_path, PATH=f"{trap}:/usr/bin:/bin"
    )
    assert "the wrong Ansible" not in done.stdout + done.stderr


@pytest.mark.lab
@pytest.mark.timeout(600)
def test_a_project_made_by_init_is_pushed_by_the_installed_program_alone(installed, wheel_lab, tmp_path):
    """The lab's inventory is the checkout's; settings, templates, playbooks and the agent are those of the wheel."""
    safedeploy = [installed / "safedeploy", "--project", "proj"]
    assert run(*safedeploy[:1], "init", "proj", cwd=tmp_path).returncode == 0
    shutil.copytree(CHECKOUT / "inventories/lab", tmp_path / "proj/inventories/lab")

    before = run(*safedeploy, "plan", "lab", "--exit-code", cwd=tmp_path, **wheel_lab)
    assert before.returncode == 8, before.stdout + before.stderr

    pushed = run(*safedeploy, "push", "lab", "--yes", cwd=tmp_path, **wheel_lab)
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr

    again = run(*safedeploy, "plan", "lab", "--exit-code", cwd=tmp_path, **wheel_lab)
    assert again.returncode == 0, again.stdout + again.stderr
