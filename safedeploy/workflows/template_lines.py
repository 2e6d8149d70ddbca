"""From a changed line on a host back to the line of the template, for the screen. Reads the project only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from safedeploy.core.blame import Cause
from safedeploy.core.changed_lines import Hunk
from safedeploy.core.template_line import line_of
from safedeploy.workflows.session import Session

_LARGEST = 256 * 1024


def located(session: Session, causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """The same causes, with the template's line in the origin of each hunk where it can be told."""
    return tuple(replace(cause, likely=tuple(_located(session, hunk) for hunk in cause.likely)) for cause in causes)


def _located(session: Session, hunk: Hunk) -> Hunk:
    added = next((line.text for line in hunk.lines if line.sign == "+" and line.text.strip()), None)
    if added is None or hunk.origin is None or " (" not in hunk.origin:
        return hunk
    name, _, declared = hunk.origin.partition(" (")
    for shown, text in _sources(session, name):
        number = line_of(text, added)
        if number is not None:
            by = "" if shown == name else f"{name}: "
            return replace(hunk, origin=f"{shown}:{number} ({by}{declared}")
    return hunk


def _sources(session: Session, name: str) -> Iterator[tuple[str, str]]:
    """The template itself; then all the others, for one of them may be included."""
    project = session.target.project
    folder = project / session.policy.templates
    for path in (folder / name, project / name):
        if (text := _text(path)) is not None:
            yield name, text
            break
    else:
        return  # not a template: a static file, a link
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder).as_posix()
        if shown != name and (text := _text(path)) is not None:
            yield shown, text


def _text(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
