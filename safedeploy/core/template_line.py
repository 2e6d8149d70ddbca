"""The line of a template that a rendered line was made by, as far as its text tells. Pure."""

from __future__ import annotations

import re

_EXPRESSION = re.compile(r"\{\{.*?\}\}")
_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}")
_INCLUDED = re.compile(r"""\{%-?\s*(?:include|import|from|extends)\s+["']([^"']+)["']""")
LEAST = 4  # plain letters that a template's line must have to be recognised by them


def line_of(template: str, rendered: str) -> int | None:
    """The number of the only line that gives `rendered`, spaces around it aside; None when none or several do.

    An expression stands for any text. A line that is the very same is preferred to one with expressions.
    """
    wanted = rendered.strip()
    lines = [(number, line.strip()) for number, line in enumerate(template.splitlines(), start=1)]
    same = [number for number, line in lines if line == wanted and wanted]
    found = same or [number for number, line in lines if _gives(line, wanted)]
    return found[0] if len(found) == 1 else None


def _gives(line: str, wanted: str) -> bool:
    plain = [part.strip() for part in _EXPRESSION.split(_TAG.sub("", line))]
    if len(plain) == 1 and not _TAG.search(line):
        return False
    if sum(letter.isalnum() for part in plain for letter in part) < LEAST:
        return False
    return re.fullmatch(r"\s*.*\s*".join(re.escape(part) for part in plain), wanted) is not None


def included(template: str) -> list[str]:
    """The names of the templates that this one includes, imports or extends, where they are written out."""
    return list(dict.fromkeys(_INCLUDED.findall(template)))
