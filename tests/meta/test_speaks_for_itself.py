"""The files of the project speak of the project: not of the machine, nor of the work, that they came from."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SELF = Path(__file__).resolve()

# Written in pieces, so that the patterns are not themselves what they look for.
MACHINE = [
    r"(?<![\w.<{$-])/" + r"work/",
    r"/(home|Users)/" + r"(?!deploy\b|ops\b|www\b|app\b)[a-z]\w*/",
    r"/root/" + r"(?!\.ssh\b)",
    r"/opt/" + r"(\w*venv|wheels|pypi)",
    r"bash" + r"_jobs",
    r"/tmp/" + r"(brief|pytest-of)",
    r"file:///" + r"(opt|srv|root|home)",
]
WORK = [
    r"\bissues?\s+#?\d+\b",
    r"\b(as|per) (the|your) (brief|instruction|prompt|task)s?\b",
    r"\b(co-authored|generated)" + r"[- ](by|with):?\s",
    r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    return [CHECKOUT / file for file in listed.stdout.split("\0") if file and (CHECKOUT / file).is_file()]


def mentions(pattern: str) -> list[str]:
    """`file:line: text` of each match in a tracked text file, and names of files that match."""
    wanted = re.compile(pattern, re.IGNORECASE if pattern in WORK[:3] else 0)
    found = []
    for path in tracked():
        if path == SELF or path.name == "LICENSE" or path.is_symlink():
            continue
        name = str(path.relative_to(CHECKOUT))
        found += [name] if wanted.search(f"/{name}") else []
        lines = path.read_bytes().decode("utf-8", errors="ignore").splitlines()
        found += [f"{name}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if wanted.search(line)]
    return found


@pytest.mark.parametrize("pattern", MACHINE)
def test_no_file_names_a_path_of_one_machine(pattern):
    assert mentions(pattern) == []


@pytest.mark.parametrize("pattern", WORK)
def test_no_file_tells_how_it_was_made(pattern):
    assert mentions(pattern) == []
