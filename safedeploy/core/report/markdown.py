"""A report as Markdown. Whatever a host or a file says stays text: it is code where it stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.core.markdown import block, span
from safedeploy.core.plain_text import plain_text
from safedeploy.core.report.parts import Block, Diff, Facts, Page, Part, Picture, Question, Table, Tasks

_MOST_ROWS = 100
# Words without a sign that Markdown or a platform reads: no `www.`, no `GH-1`, and a colon in times of day alone.
_WORD = re.compile(r"(?!(?i:\(?(?:www\.|gh-)))(?:[^\W_]|[()%.,;'\"+=?-]|(?<=\d):(?=\d\d))+:?")
# What would be a list, a heading's underline or a number at the beginning of a line.
_BEGINS = re.compile(r"[-+=]|\d+[.)]")


def markdown(page: Page) -> str:
    """The whole report. Drawings are told in words."""
    lines = [f"# {_plain(page.title)}", "", f"{_plain(page.subtitle)}", ""]
    for section in page.sections:
        lines += [f"## {_plain(section.title)}", ""]
        for part in section.parts:
            lines += [*_part(part), ""]
    if page.made:
        lines += ["---", "", _plain(page.made)]
    return "\n".join(lines).rstrip() + "\n"


def _part(part: Part) -> Iterator[str]:
    if isinstance(part, Facts):
        return (f"- **{_plain(name)}:** {span(value)}" for name, value in part.rows)
    if isinstance(part, Table):
        return _table(part)
    if isinstance(part, Tasks):
        return (f"- [ ] {_plain(text)}{f' {span(command)}' if command else ''}" for text, command in part.items)
    if isinstance(part, Diff):
        return iter((f"{span(part.title)}:", "", block(part.text, "diff") if part.text else _plain(part.note)))
    if isinstance(part, Block):
        return iter((f"{_plain(part.title)}:", "", block(part.text)))
    if isinstance(part, Picture):
        return iter((f"*{_plain(part.summary)}*",))
    return iter((f"> **To be answered:** {_plain(part.text)}" if isinstance(part, Question) else _plain(part.text),))


def _table(table: Table) -> Iterator[str]:
    yield f"{_plain(table.caption)}:"
    yield ""
    yield f"| {' | '.join(map(_plain, table.head))} |"
    yield f"|{'---|' * len(table.head)}"
    for row in table.rows[:_MOST_ROWS]:
        yield f"| {' | '.join(_cell(text) for text in row)} |"
    if len(table.rows) > _MOST_ROWS:
        yield ""
        yield f"And {len(table.rows) - _MOST_ROWS} more."


def _cell(text: str) -> str:
    return span(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """Our own words as they are; what may be another's, each word of it, as code.

    A path or a message can hold a link, a mention or a reference; platforms look for those though signs are escaped.
    """
    words = plain_text(text, limit=4000).split()
    shown = [word if _WORD.fullmatch(word) else span(word) for word in words]
    return " ".join([span(words[0]), *shown[1:]] if words and _BEGINS.match(words[0]) else shown)
