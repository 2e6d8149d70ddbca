"""The shapes of docs/json.md, read from its tables, and held against a document."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs/json.md"
KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "entry": (dict,),
    "difference": (dict,),
    "finding": (dict,),
    "verdict": (dict,),
}


def shape(name: str) -> dict[str, str]:
    """Path -> type of the format called `name`."""
    sections = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)
    section = next(text for text in sections if text.startswith(f"{name}\n"))
    return dict(re.findall(r"^\| `([^`]+)` \| (\S+) \|", section, re.MULTILINE))


def problems(document: Any, name: str) -> list[str]:
    """What the document has and the page has not, what it lacks, and what is of another type."""
    documented = shape(name)
    found = dict(_leaves(document, "", documented))
    wrong = [f"{path} is not documented" for path in found if path not in documented]
    for path, kind in documented.items():
        values = found.get(path, [])
        if not values and not _may_be_missing(path):
            wrong.append(f"{path} is missing")
        for value in values:
            allowed = (*KINDS[kind.rstrip("?")], *((type(None),) if kind.endswith("?") else ()))
            if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
                wrong.append(f"{path} is {value!r}, documented as {kind}")
    return wrong


def _may_be_missing(path: str) -> bool:
    return "*" in path or "[]" in path


def _leaves(value: Any, path: str, documented: dict[str, str]) -> list[tuple[str, list[Any]]]:
    """Path -> all values there; a path is as long as the page's."""
    gathered: dict[str, list[Any]] = {}

    def walk(value: Any, path: str) -> None:
        if path in documented or not isinstance(value, dict | list):
            gathered.setdefault(path, []).append(value)
        elif isinstance(value, list):
            for item in value:
                walk(item, f"{path}[]")
        else:
            any_name = any(known.startswith(f"{path}.*") for known in documented)
            for key, item in value.items():
                walk(item, f"{path}.{'*' if any_name else key}".lstrip("."))

    walk(value, path)
    return list(gathered.items())
