"""Lists in the code have their equal in the pages: commands, exit codes, versions."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer.main

import safedeploy
from safedeploy.cli.main import app
from safedeploy.core.errors import ExitCode
from scripts import commands_page

CHECKOUT = Path(__file__).resolve().parents[2]


def page(name: str) -> str:
    return (CHECKOUT / name).read_text()


def test_the_page_of_commands_is_the_one_that_the_program_makes():
    assert page("docs/commands.md") == commands_page.page(), "run .venv/bin/python scripts/commands_page.py"


def test_every_command_is_on_the_page_of_commands():
    names = [name for name, _ in commands_page.commands(typer.main.get_command(app))]
    assert {"safedeploy push", "safedeploy lab up"} <= set(names)
    assert [name for name in names if f"## {name}\n" not in page("docs/commands.md")] == []


def test_the_table_of_exit_codes_is_the_one_of_the_code():
    rows = re.findall(r"^\| (\d+) \| ([a-z-]+) \|", page("docs/exit-codes.md"), re.MULTILINE)
    assert {int(code): name for code, name in rows} == {
        code.value: code.name.lower().replace("_", "-") for code in ExitCode
    }


@pytest.mark.parametrize("path", sorted((CHECKOUT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_every_page_is_in_the_index(path):
    assert path.name == "README.md" or f"({path.name})" in page("docs/README.md")


def test_every_relative_link_of_a_page_leads_somewhere():
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    broken = [
        f"{name}: {target}"
        for name in listed.stdout.split()
        if (CHECKOUT / name).exists()
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page(name))
        if not (CHECKOUT / name).parent.joinpath(target).exists()
    ]
    assert broken == []


def test_the_changelog_has_an_entry_for_the_version():
    assert re.search(
        rf"^## {re.escape(safedeploy.__version__)} - \d{{4}}-\d\d-\d\d$", page("CHANGELOG.md"), re.MULTILINE
    )


def test_the_version_stands_in_one_place():
    listed = subprocess.run(
        ["git", "grep", "-nE", rf"version\S* *[=:] *[\"']?{re.escape(safedeploy.__version__)}", "--", "*.py", "*.toml"],
        cwd=CHECKOUT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert [line.partition(":")[0] for line in listed.stdout.splitlines()] == ["safedeploy/__init__.py"]
