"""The table of known validators: well formed, and the same as its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from safedeploy_host.validators import findings, reloading
from safedeploy_host.validators.choose import shown
from safedeploy_host.validators.known import KNOWN

PAGE = (Path(__file__).parents[3] / "docs/other-services.md").read_text()
KEYS = set(
    re.findall(
        r"^    (\w+)  +\S", __import__("safedeploy_host.validators.known").validators.known.__doc__, re.MULTILINE
    )
)


def rows(heading):
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if "| `" in line]


@pytest.mark.parametrize("name", KNOWN)
def test_every_key_of_an_entry_is_explained(name):
    assert set(KNOWN[name]) - {"source"} <= KEYS


@pytest.mark.parametrize("name", KNOWN)
def test_every_entry_has_files_a_command_and_the_manual_page_it_comes_from(name):
    assert KNOWN[name]["paths"]
    assert KNOWN[name].get("whole") or KNOWN[name].get("file")
    assert re.search(r"\w+\(\d\)|Manual", KNOWN[name]["source"])


@pytest.mark.parametrize("name", KNOWN)
def test_a_command_for_one_file_says_where_the_file_goes(name):
    commands = [command for step in KNOWN[name].get("file", ()) for command in step]
    assert all("{file}" in command for command in commands)


def test_no_entry_judges_what_httpd_reads():
    roots = ("/etc/apache2", "/etc/httpd")
    assert [path for value in KNOWN.values() for path in value["paths"] if path.startswith(roots)] == []


def test_the_page_lists_every_known_validator_and_how_it_is_asked():
    listed = {row[0].strip("`"): row for row in rows("The known ones")}
    assert set(listed) == set(KNOWN)
    assert [name for name, row in listed.items() if f"`{shown(KNOWN[name])}`" not in row[1]] == []


def test_the_page_tells_what_is_reloaded():
    told = {row[0].strip("`"): row[3].strip("`") for row in rows("The known ones")}
    for name, value in KNOWN.items():
        reload = " ".join(value["reload"]) if "reload" in value else value.get("verb", "reload")
        assert told[name] == (reload if "reload" in value or "services" in value else "reads them each time")


def test_the_page_explains_every_finding():
    sources = "".join(Path(module.__file__).read_text() for module in (findings, reloading))
    kinds = set(re.findall(r'"((?:validator|validated|service|not|name)-[a-z-]+)"', sources)) - {"service-failed"}
    assert {row[0].strip("`") for row in rows("What is not judged is said")} == kinds
