"""From a changed line on a host back to the line of the template, for the screen. Reads the project only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from safedeploy.core.blame import Cause
from safedeploy.core.changed_lines import Hunk
from safedeploy.core.template_line import included, line_of
from safedeploy.workflows.session import Session

_LARGEST = 256 * 1024
_MOST = 50


def located(session: Session, causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """The same causes, with the template's line in the origin of each hunk where it can be told."""
    return tuple(replace(cause, likely=tuple(_located(session, hunk) for hunk in cause.likely)) for cause in causes)


def _located(session: Session, hunk: Hunk) -> Hunk:
    if hunk.origin is None or " (" not in hunk.origin:
        return hunk
    name, _, declared = hunk.origin.partition(" (")
    sources = list(_sources(session, name))
    for line in hunk.lines:
        for shown, text in sources if line.sign == "+" and line.text.strip() else ():
            if (number := line_of(text, line.text)) is not None:
                by = "" if shown == name else f"{name}: "
                return replace(hunk, origin=f"{shown}:{number} ({by}{declared}")
    return hunk


def _sources(session: Session, name: str) -> Iterator[tuple[str, str]]:
    """The template itself, then those that it includes; nothing for a static file or a link."""
    project = session.target.project
    folder = project / session.policy.templates
    waiting, seen = [name], set[str]()
    while waiting and len(seen) < _MOST:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        text = next((text for path in (folder / name, project / name) if (text := _text(path)) is not None), None)
        if text is not None:
            yield name, text
            waiting += included(text)


def _text(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def place(session: Session, origin: str, rendered: str, line: int) -> tuple[str, int | None, bool] | None:
    """The file of the project that a rendered line comes from, the line there, and whether the two are the very same.

    The line is None where several may be meant. None for what no file of the project gives.
    """
    name = origin.partition(" (")[0]
    project, folder = session.target.project, session.policy.templates
    lines = rendered.split("\n")
    for shown, text in _sources(session, name):
        file = next((path for path in (f"{folder}/{shown}", shown) if (project / path).is_file()), shown)
        if text == rendered:
            return file, line, True
        number = _line_in(text, lines, line)
        if number is not None:
            return file, number, text.split("\n")[number - 1] == lines[line - 1]
    found = next((path for path in (f"{folder}/{name}", name) if (project / path).is_file()), None)
    return None if found is None else (found, None, False)


def _line_in(template: str, lines: list[str], line: int) -> int | None:
    """The template's line for a rendered one; of several equal ones the one with the same number among its equals."""
    wanted = lines[line - 1].strip()
    number = line_of(template, wanted)
    if number is not None or not wanted:
        return number
    there = [n for n, text in enumerate(template.split("\n"), start=1) if text.strip() == wanted]
    here = [n for n, text in enumerate(lines, start=1) if text.strip() == wanted]
    return there[here.index(line)] if len(there) == len(here) else None
