"""What was rendered for one host, again for another of which all that it was made of is the same.

While something is rendered, every name that it looks up is noted, in whatever depth: in templates, in what they
include, in variables that variables are made of. For the next host the result stands if each of these names has the
same untemplated value there. What does not depend on names alone is rendered anew each time: lookups, `now()`, chance,
and plugins that are not Ansible's or Jinja's own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import ansible
import jinja2
from ansible._internal._datatag._tags import TrustedAsTemplate
from ansible._internal._templating._jinja_bits import AnsibleContext

T = TypeVar("T")

# Filters of Jinja's and Ansible's own that give something else each time.
CHANCE = frozenset({"random", "shuffle", "password_hash", "strftime", "vault"})
# Functions that every template has, and that depend on what they are given alone.
PURE = frozenset({"range", "dict", "namespace", "cycler", "joiner", "omit", "undef"})
_OWN = tuple(f"{Path(package.__file__ or '').parent}/" for package in (ansible, jinja2))
_LIBRARIES = sys.stdlib_module_names | {"markupsafe"}  # what filters of both are made of
_MOST = 8  # results that are kept of one thing
_TRIES = 64  # hosts in a row for which none of them stood: then this is each host's own


class _Missing:
    """No such variable."""


_MISSING = _Missing()


@dataclass(kw_only=True)
class _Notes:
    names: set[str] = field(default_factory=set)
    repeatable: bool = True


@dataclass(frozen=True, kw_only=True)
class _Result:
    needs: Mapping[str, Any]
    value: Any


@dataclass(kw_only=True)
class _Kept:
    results: list[_Result] = field(default_factory=list)
    missed: int = 0


class Memory:
    """Of one inventory; `forget` when variables of its hosts have changed. Not for several threads at once."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept] = {}
        self._open: list[_Notes] = []

    def forget(self) -> None:
        """Nothing is known any more."""
        self._kept.clear()

    def note(self, name: str) -> None:
        """What is being rendered depends on this name."""
        if self._open:
            self._open[-1].names.add(name)

    def once(self) -> None:
        """What is being rendered may come out otherwise the next time."""
        if self._open:
            self._open[-1].repeatable = False

    def recall(self, key: Hashable, variables: Mapping[str, Any], make: Callable[[], T]) -> T:
        """What `make` gives with these variables, or what it gave with such as make no difference to it.

        `key` is what is rendered; the result is shared, and must not be changed.
        """
        kept = self._kept.setdefault(key, _Kept())
        for result in kept.results:
            if all(same(variables.get(name, _MISSING), value) for name, value in result.needs.items()):
                kept.missed = 0
                if self._open:
                    self._open[-1].names.update(result.needs)
                found: T = result.value
                return found
        notes = _Notes()
        self._open.append(notes)
        try:
            value = make()
        finally:
            self._open.pop()
            if self._open:
                self._open[-1].names |= notes.names
                self._open[-1].repeatable &= notes.repeatable
        kept.missed += 1
        if notes.repeatable and kept.missed <= _TRIES:
            needs = {name: variables.get(name, _MISSING) for name in notes.names}
            kept.results = [_Result(needs=needs, value=value), *kept.results[: _MOST - 1]]
        return value


def same(one: Any, other: Any) -> bool:
    """Whether two untemplated values come out alike; what cannot be told does not."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, str):
        # Of two equal texts one may be a template and the other not.
        return bool(one == other) and _is_template(one) == _is_template(other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, int | float) and bool(one == other)


def _is_template(text: str) -> bool:
    return bool(TrustedAsTemplate.is_tagged_on(text))


def context_class(memory: Memory, functions: Mapping[str, Any]) -> type[AnsibleContext]:
    """The class of an environment's contexts, which notes the names that templates look up."""

    class NotingContext(AnsibleContext):  # type: ignore[misc]  # ansible has no types
        def resolve_or_missing(self, key: str) -> Any:
            memory.note(key)
            if key in functions and key not in PURE:
                memory.once()
            return super().resolve_or_missing(key)

    return NotingContext


class NotingPlugins(MutableMapping[str, Any]):
    """An environment's filters or tests; the use of one that is not pure, or not known to be, is noted."""

    def __init__(self, plugins: MutableMapping[str, Any], memory: Memory) -> None:
        self._plugins, self._memory = plugins, memory
        self._pure: dict[str, bool] = {}

    def __getitem__(self, name: str) -> Any:
        plugin = self._plugins[name]
        if name not in self._pure:
            self._pure[name] = _is_pure(name, plugin)
        if not self._pure[name]:
            self._memory.once()
        return plugin

    def __contains__(self, name: object) -> bool:
        return name in self._plugins

    def __setitem__(self, name: str, plugin: Any) -> None:
        self._plugins[name] = plugin

    def __delitem__(self, name: str) -> None:
        del self._plugins[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plugins)

    def __len__(self) -> int:
        return len(self._plugins)


def _is_pure(name: str, plugin: Any) -> bool:
    return name.rpartition(".")[2] not in CHANCE and _is_own(getattr(plugin, "__wrapped__", plugin))


def _is_own(function: Any) -> bool:
    """Whether it is Ansible's, Jinja's or Python's: what they have is pure but for CHANCE."""
    if isinstance(function, partial):
        return _is_own(function.func) and all(_is_own(one) for one in function.args if callable(one))
    code = getattr(function, "__code__", None)
    if code is not None and code.co_filename.startswith(_OWN):
        return True
    if getattr(function, "__objclass__", None) is str:
        return True
    return str(getattr(function, "__module__", None)).partition(".")[0] in _LIBRARIES
