"""Variables written as YAML that a person goes on with: one line for each entry, quotes where they are needed. Pure.

Text that came from a host is never a template: what Jinja would read in it is marked `!unsafe`, which Ansible honours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Value = str | int | bool | Sequence[str]
_PLAIN = re.compile(r"(?:(?:\.\./)+|/)?[A-Za-z_][A-Za-z0-9_./@-]*")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"}
_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
_JINJA = re.compile(r"\{[{%#]|^#jinja2:")


def value(item: Value) -> str:
    """A value, as it can stand in a list or a mapping of one line."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, int):
        return str(item)
    if not isinstance(item, str):
        return f"[{', '.join(map(value, item))}]"
    return text(item)


def text(item: str) -> str:
    """A text: bare where YAML reads nothing else in it, otherwise in double quotes."""
    if _PLAIN.fullmatch(item) and item.lower() not in _WORDS:
        return item
    quoted = "".join(_quoted(letter) for letter in item)
    return f'{"!unsafe " if _JINJA.search(item) else ""}"{quoted}"'


def _quoted(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"


def number_or_text(item: str) -> str | int:
    """A value of a variable: a number where it comes out again as it was, otherwise the text."""
    return int(item) if _NUMBER.fullmatch(item) else item


def entry(item: Mapping[str, Value]) -> str:
    """One entry of a list of mappings."""
    return f"  - {{{', '.join(f'{key}: {value(one)}' for key, one in item.items())}}}"


def expression(item: str) -> str:
    """A text that is meant to be evaluated, in double quotes."""
    return f'"{"".join(_quoted(letter) for letter in item)}"'
