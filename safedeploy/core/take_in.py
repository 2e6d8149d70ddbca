"""From a hand edit of a rendered file back to the lines of its template, where they stand there as they are. Pure.

A candidate is only that: whoever uses one renders again and sees whether exactly the edited file comes out. To render
is to run what a template says, and the edit is a host's word: so no candidate has a sign of Jinja that was not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice, product

MOST_CANDIDATES = 4
MOST_LINES = 5000
# Jinja would obey what follows these; the last one, at the begin of a template, has Ansible take other signs for them.
_JINJA = ("{{", "{%", "{#", "#jinja2")


def obeyed(text: str) -> bool:
    """Whether a text holds what Jinja obeys where it is read as a template."""
    return any(mark in text for mark in _JINJA)


@dataclass(frozen=True, kw_only=True)
class _Edit:
    """Lines `begin` to `end` of a source are replaced by `lines`."""

    source: str
    begin: int
    end: int
    lines: tuple[str, ...]


def candidates(sources: Mapping[str, str], released: str, live: str) -> Iterator[dict[str, str]]:
    """Texts of changed sources that may make `live` where they made `released`; none when an edit has no place.

    `sources` are the template and what it includes, by name. Of an added line it is not known whether it belongs to the
    line before it or to the one after it: each is a candidate.
    """
    before, after = _lines(released), _lines(live)
    if max(len(before), len(after)) > MOST_LINES or any("#jinja2" in text for text in sources.values()):
        return
    texts = {name: _lines(text) for name, text in sources.items()}
    places = {name: _places(lines, before) for name, lines in texts.items()}
    choices: list[list[_Edit]] = []
    for kind, begin, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        new = tuple(after[first:last])
        if any(map(obeyed, new)):
            return
        found = list(_edits(places, begin, end, new))
        if begin == end == len(before):  # behind whatever makes the last line
            main = next(iter(texts))
            found.append(_Edit(source=main, begin=len(texts[main]), end=len(texts[main]), lines=new))
        choices.append(list(dict.fromkeys(found)))
    seen: list[dict[str, str]] = []
    for edits in islice(product(*choices), MOST_CANDIDATES):
        changed = _applied(texts, edits)
        if any(_more_signs(sources[name], text) for name, text in changed.items()):
            continue
        if changed and changed not in seen:
            seen.append(changed)
            yield changed


def _more_signs(before: str, after: str) -> bool:
    """Whether two pieces of text have become a sign where they met."""
    return any(after.count(mark) > before.count(mark) for mark in _JINJA)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _places(source: list[str], rendered: list[str]) -> dict[int, int]:
    """The line of the source for each line of the rendered text that stands there as it is."""
    found: dict[int, int] = {}
    for block in SequenceMatcher(None, source, rendered, autojunk=False).get_matching_blocks():
        found.update({block.b + number: block.a + number for number in range(block.size)})
    return found


def _edits(places: Mapping[str, Mapping[int, int]], begin: int, end: int, new: tuple[str, ...]) -> Iterator[_Edit]:
    for name, place in places.items():
        at = [place.get(number) for number in range(begin, end)]
        if at and None not in at:
            first = place[begin]
            if at == list(range(first, first + len(at))):
                yield _Edit(source=name, begin=first, end=first + len(at), lines=new)
        elif not at:
            if (previous := place.get(begin - 1)) is not None:
                yield _Edit(source=name, begin=previous + 1, end=previous + 1, lines=new)
            if (following := place.get(begin)) is not None:
                yield _Edit(source=name, begin=following, end=following, lines=new)


def _applied(texts: Mapping[str, list[str]], edits: tuple[_Edit, ...]) -> dict[str, str]:
    changed: dict[str, list[str]] = {}
    for edit in sorted(edits, key=lambda one: (one.begin, one.end), reverse=True):
        lines = changed.setdefault(edit.source, list(texts[edit.source]))
        lines[edit.begin : edit.end] = edit.lines
    return {name: "".join(lines) for name, lines in changed.items()}
