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
