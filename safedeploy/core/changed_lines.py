"""The changed lines of a file, each with the sections of httpd's configuration that it stands in. Pure.

What comes in is masked already, and is only ever shown or compared.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field

_SECTION = re.compile(r"^\s*<(/?)([A-Za-z]\w*)\s*([^>]*)>?")
_NAMES = re.compile(r"^\s*Server(?:Name|Alias)\s+(.*)$", re.IGNORECASE)
_SCHEME_OR_PORT = re.compile(r"^\w+://|:\d+$")


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One path whose content or kind changes. `note` stands for a change that has no lines to show (a link, a mode)."""

    path: str
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)
    note: str = ""
    origin: str | None = None


@dataclass(frozen=True, kw_only=True)
class Around:
    """Where in a configuration a line stands: the host names and first line of its virtual host, and its sections."""

    names: tuple[str, ...] = ()
    host_line: int | None = None
    sections: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One changed line. `sign` is + or -; `number` is the line's in the new file, or in the old one for a removed."""

    sign: str
    number: int
    text: str
    around: Around


@dataclass(frozen=True, kw_only=True)
class Hunk:
    """Changed lines that stand together; without lines it is a change that has none, told by `note`."""

    path: str
    lines: tuple[Line, ...] = ()
    note: str = ""
    origin: str | None = None

    @property
    def number(self) -> int | None:
        """Where it begins: in the new file if it has lines there."""
        return next((line.number for sign in "+-" for line in self.lines if line.sign == sign), None)


def hunks(changed: Changed) -> list[Hunk]:
    """The hunks of one path, in order."""
    if changed.note:
        return [Hunk(path=changed.path, note=changed.note, origin=changed.origin)]
    old, new = changed.before.splitlines(), changed.after.splitlines()
    old_around, new_around = surroundings(old), surroundings(new)
    found = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        removed = [Line(sign="-", number=n + 1, text=old[n], around=old_around[n]) for n in range(a, b)]
        added = [Line(sign="+", number=n + 1, text=new[n], around=new_around[n]) for n in range(c, d)]
        found.append(Hunk(path=changed.path, lines=(*removed, *added), origin=changed.origin))
    return found


def surroundings(lines: list[str]) -> list[Around]:
    """For each line, what it stands in. A section that is not closed lasts to the end."""
    opened: list[tuple[str, str, int]] = []
    stacks: list[tuple[tuple[str, str, int], ...]] = []
    names: dict[int, list[str]] = {}
    for number, line in enumerate(lines, start=1):
        section = _SECTION.match(line)
        if section and not section[1]:
            opened.append((section[2].lower(), section[3].strip(), number))
        stacks.append(tuple(opened))
        if section and section[1]:
            while opened and opened.pop()[0] != section[2].lower():
                pass
        named = _NAMES.match(line)
        host = _host_line(stacks[-1])
        if named and host is not None:
            names.setdefault(host, []).extend(_SCHEME_OR_PORT.sub("", name).lower() for name in named[1].split())
    return [
        Around(
            names=tuple(names.get(host, ())) if (host := _host_line(stack)) is not None else (),
            host_line=_host_line(stack),
            sections=tuple((name, text) for name, text, _ in stack if name != "virtualhost"),
        )
        for stack in stacks
    ]


def _host_line(stack: tuple[tuple[str, str, int], ...]) -> int | None:
    return next((number for name, _, number in reversed(stack) if name == "virtualhost"), None)
