"""Define, UnDefine and `${name}`, as httpd replaces it (ap_resolve_env).

httpd replaces variables when it reads a line, in its text, before it takes words from it: a value with spaces is
several words unless the line has quotes round it, and a Define counts from its line on. A name that nobody defined is
looked up in the environment; if it is not there either, it stays as written.
Source: https://github.com/apache/httpd/blob/2.4.x/server/core.c; measured with 2.4.71
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# The host gives these to every process in its own way.
_INHERITED = frozenset({"PATH", "LANG", "HOME", "HOSTNAME", "USER", "LOGNAME", "SHELL", "PWD", "TERM", "TMPDIR", "TZ"})


# Longer values come from variables that double themselves; they are taken to be not known.
_LONGEST = 65_536


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """A text with its variables replaced. `certain` is False where the value of one is not known.

    `undefined` are those that stay as written because nothing defines them, each with whether that is sure.
    """

    text: str
    certain: bool = True
    undefined: tuple[tuple[str, bool], ...] = ()


@dataclass(kw_only=True)
class Variables:
    """What is defined so far. None among `values` stands for a value, among `flags` for an answer that is not known."""

    environment: Mapping[str, str | None] | None
    values: dict[str, str | None] = field(default_factory=dict)
    flags: dict[str, bool | None] = field(default_factory=dict)
    flags_known: bool = False
    all_seen: bool = True

    def define(self, name: str, value: str | None, *, given: bool, certain: bool, active: bool | None) -> None:
        """Take in a Define; `given` says whether it has a value, `certain` whether the value is known."""
        sure = active is True
        self.flags[name] = True if sure or self.flags.get(name) else None
        if not given:
            return
        known = certain and len(value or "") <= _LONGEST and (sure or self.values.get(name) == value)
        self.values[name] = value if known else None

    def undefine(self, name: str, active: bool | None) -> None:
        """Take in an UnDefine."""
        if active:
            self.flags[name] = False
            self.values.pop(name, None)
        elif name in self.flags:
            self.flags[name] = None
            if name in self.values:
                self.values[name] = None

    def is_defined(self, name: str) -> bool | None:
        """The answer of IfDefine."""
        return self.flags.get(name, False if self.flags_known and self.all_seen else None)

    def replace(self, text: str) -> Replaced:
        """Replace the variables of a text."""
        at = text.find("${")
        if at < 0:
            return Replaced(text=text)
        parts, done, certain, undefined = [], 0, True, []
        while at >= 0 and (end := text.find("}", at)) >= 0:
            name = text[at + 2 : end]
            value, known = self._value(name)
            parts += [text[done:at], text[at : end + 1] if value is None else value]
            if value is None and ":" not in name:
                certain = certain and known
                undefined += [] if name in self.values else [(name, known)]
            done = end + 1
            at = text.find("${", done)
        return Replaced(text="".join(parts) + text[done:], certain=certain, undefined=tuple(undefined))

    def _value(self, name: str) -> tuple[str | None, bool]:
        """The value, None if there is none; and whether that is sure."""
        if name in self.values:
            return self.values[name], self.values[name] is not None
        if self.environment is not None and name in self.environment:
            return self.environment[name], self.environment[name] is not None
        return None, self.environment is not None and self.all_seen and name not in _INHERITED
