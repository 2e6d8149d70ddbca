"""What `safedeploy_files` declares, checked word by word (docs/architecture.md, section 6).

A declaration is a mapping; with `loop` it makes one entry for each item. Every message names its place, such as
`safedeploy_files[2].mode`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from safedeploy.core.errors import SafedeployError
from safedeploy.core.nearest import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from safedeploy.adapters.ansible.library.templating import HostTemplating

VARIABLE = "safedeploy_files"


class Source(StrEnum):
    """Where the content of an entry comes from."""

    TEMPLATE = "template"
    STATIC = "static"
    LINK = "link"
    ABSENT = "absent"


FLAGS = ("trim_blocks", "lstrip_blocks")
DELIMITERS = tuple(f"{kind}_{end}_string" for kind in ("variable", "block", "comment") for end in ("start", "end"))
TEMPLATE_KEYS = (*FLAGS, *DELIMITERS, "newline_sequence", "output_encoding")
FILE_KEYS = ("mode", "owner", "group")
FLOW_KEYS = ("loop", "loop_var", "when", "vars")
EXPECT = "expect"
SERVICE_KEYS = ("validate", "validate_reason", "reload")
EVERY = ("dest", EXPECT, *SERVICE_KEYS, *FLOW_KEYS)
ALLOWED = {
    Source.TEMPLATE: {*EVERY, *FILE_KEYS, *TEMPLATE_KEYS},
    Source.STATIC: {*EVERY, *FILE_KEYS},
    Source.LINK: {*EVERY},
    Source.ABSENT: {*EVERY},
}
KNOWN = {*Source, *(key for keys in ALLOWED.values() for key in keys)}
NEWLINES = {"\\n": "\n", "\\r": "\r", "\\r\\n": "\r\n", "\n": "\n", "\r": "\r", "\r\n": "\r\n"}
OCTAL = re.compile(r"0?[0-7]{3}|[0-7]{4}")
PRESERVE = "preserve"


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One entry as declared, rendered except for the content. `mode` is four octal digits, "preserve" or None.

    `expect` is what the entry declares of its effect, and `looked_after` how another service's file is looked after;
    both are rendered and not yet checked (expectations.py, other_services.py).
    """

    place: str
    source: Source
    name: str
    dest: str
    mode: str | None = None
    owner: str | None = None
    group: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    encoding: str = "utf-8"
    expect: Any = None
    looked_after: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


def declared(templating: HostTemplating) -> Iterator[Declared]:
    """Yield what `safedeploy_files` and every `safedeploy_files_<suffix>` declare, in the order of their names."""
    for variable in variables(templating.variables):
        entries = templating.container(templating.variables[variable], place=variable)
        if entries is None:
            continue
        if not isinstance(entries, list | tuple):
            raise invalid(variable, f"must be a list of entries, not {kind_of(entries)}")
        for number, entry in enumerate(entries):
            yield from _expand(templating, entry, f"{variable}[{number}]")


def variables(names: Mapping[str, Any]) -> list[str]:
    """Return the names of the variables that declare files."""
    return sorted(name for name in names if name == VARIABLE or name.startswith(f"{VARIABLE}_"))


def _expand(templating: HostTemplating, raw: Any, place: str) -> Iterator[Declared]:
    entry = templating.container(raw, place=place)
    if not isinstance(entry, dict):
        raise invalid(place, f"must be a mapping, not {kind_of(entry)}")
    source = _source(entry, place)
    own = templating.container(entry.get("vars"), place=f"{place}.vars") or {}
    if not isinstance(own, dict):
        raise invalid(f"{place}.vars", f"must be a mapping, not {kind_of(own)}")
    for extra, where in _items(templating, entry, dict(own), place):
        if _wanted(templating, entry, extra, where):
            yield _declared(templating, entry, source, extra, where)


def _source(entry: Mapping[str, Any], place: str) -> Source:
    for key in entry:
        if key not in KNOWN:
            raise invalid(f"{place}.{key}", f"unknown key; {suggestion(str(key), KNOWN)}")
    found = [source for source in Source if source in entry]
    if len(found) != 1:
        has = " and ".join(found) or "none"
        raise invalid(place, f"must have exactly one of {', '.join(Source)}; it has {has}")
    for key in entry:
        if key != found[0] and key not in ALLOWED[found[0]]:
            raise invalid(f"{place}.{key}", f"does not go with '{found[0]}'")
    if "dest" not in entry:
        raise invalid(place, "has no dest")
    return found[0]


def _items(
    templating: HostTemplating, entry: Mapping[str, Any], own: dict[str, Any], place: str
) -> Iterator[tuple[dict[str, Any], str]]:
    if "loop" not in entry:
        yield own, place
        return
    items = templating.value(entry["loop"], place=f"{place}.loop", extra=own)
    if not isinstance(items, list | tuple):
        raise invalid(f"{place}.loop", f"must be a list, not {kind_of(items)}", code="loop-not-a-list")
    name = _value(templating, entry, "loop_var", own, place) or "item"
    if not str(name).isidentifier():
        raise invalid(f"{place}.loop_var", f"must be the name of a variable, not {name!r}")
    for number, item in enumerate(items):
        yield {**own, str(name): item}, f"{place} (item {number})"


def _wanted(templating: HostTemplating, entry: Mapping[str, Any], extra: Mapping[str, Any], place: str) -> bool:
    conditions = entry.get("when", True)
    if not isinstance(conditions, list | tuple):
        conditions = [conditions]
    for condition in conditions:
        if not isinstance(condition, str | bool):
            raise invalid(f"{place}.when", f"must be an expression or a boolean, not {kind_of(condition)}")
    return all(templating.condition(condition, place=f"{place}.when", extra=extra) for condition in conditions)


def _declared(
    templating: HostTemplating, entry: Mapping[str, Any], source: Source, extra: Mapping[str, Any], place: str
) -> Declared:
    def value(key: str) -> Any:
        return _value(templating, entry, key, extra, place)

    name = value(source)
    if source is Source.ABSENT:
        if name is not True:
            raise invalid(f"{place}.absent", "must be true; remove the entry if the path may stay")
        name = ""
    options = {key: value(key) for key in (*FLAGS, *DELIMITERS) if key in entry}
    options = {key: option for key, option in options.items() if option is not None}
    for key, option in options.items():
        wanted = bool if key in FLAGS else str
        if not isinstance(option, wanted):
            raise invalid(f"{place}.{key}", f"must be {'true or false' if wanted is bool else 'a text'}")
    if (newline := value("newline_sequence")) is not None:
        if newline not in NEWLINES:
            raise invalid(f"{place}.newline_sequence", r"must be \n, \r or \r\n")
        options["newline_sequence"] = NEWLINES[newline]
    return Declared(
        place=place,
        source=source,
        name=name if source is Source.ABSENT else _text(name, f"{place}.{source}"),
        dest=_text(_number_as_text(value("dest")), f"{place}.dest"),
        mode=_mode(value("mode"), f"{place}.mode"),
        owner=_optional_text(value("owner"), f"{place}.owner"),
        group=_optional_text(value("group"), f"{place}.group"),
        options=options,
        encoding=_optional_text(value("output_encoding"), f"{place}.output_encoding") or "utf-8",
        expect=value(EXPECT),
        looked_after={key: value(key) for key in SERVICE_KEYS if key in entry},
        extra=extra,
    )


def _value(templating: HostTemplating, entry: Mapping[str, Any], key: str, extra: Mapping[str, Any], place: str) -> Any:
    """Return the rendered value of a key; None when it is missing or `omit`."""
    if key not in entry:
        return None
    # In a mapping of its own, so that `omit` can drop out.
    return templating.value({key: entry[key]}, place=f"{place}.{key}", extra=extra).get(key)


def _mode(value: Any, place: str) -> str | None:
    if value is None:
        return None
    if value == PRESERVE:
        return PRESERVE
    if not isinstance(value, str):
        raise invalid(
            place,
            f'must be an octal text in quotes, such as "0644"; without quotes YAML reads 0644 as the number {value}'
            if isinstance(value, int) and not isinstance(value, bool)
            else f'must be an octal text in quotes, such as "0644", not {kind_of(value)}',
        )
    if OCTAL.fullmatch(value) is None:
        raise invalid(place, f'must be an octal text such as "0644", not {value!r}')
    return value.zfill(4)


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value or re.search(r"[\x00\n]", value):
        raise invalid(
            place, "must be a text of one line" + ("" if isinstance(value, str) else f", not {kind_of(value)}")
        )
    return "".join(value)  # without Ansible's tags


def _number_as_text(value: Any) -> Any:
    """Return a number as text, since a template that is nothing but a number makes one."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _optional_text(value: Any, place: str) -> str | None:
    return None if value is None else _text(value, place)


def kind_of(value: Any) -> str:
    """Return what a value is, in YAML's words, without showing it."""
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a mapping"}
    return next((text for kind, text in kinds.items() if isinstance(value, kind)), "nothing")


def invalid(place: str, message: str, code: str = "files-invalid") -> SafedeployError:
    """Return the error of a declaration."""
    return SafedeployError(
        code, f"{place}: {message}", next_step="Correct the variable; docs/variables.md lists the keys."
    )
