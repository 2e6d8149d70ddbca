"""The kinds of value that safedeploy.yml accepts, each with its own message and its JSON Schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from . import durations

if TYPE_CHECKING:
    from collections.abc import Callable

_PERCENT = re.compile(r"([0-9]{1,3})%")
_MEMORY = re.compile(r"[1-9][0-9]*[kKmMgG]")
_DURATION_TEXT = {"type": "string", "pattern": f"^{durations.TEXT}$"}


def _whole_seconds(least: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        found = durations.seconds(value)
        if found != int(found):
            raise ValueError(f"must be whole seconds, not {value!r}")
        if found < least:
            raise ValueError(f"must be at least {least} s, not {value!r}")
        return int(found)

    return parse


def _more_than_nothing(value: object) -> float:
    found = durations.seconds(value)
    if found <= 0:
        raise ValueError(f"must be more than 0 s, not {value!r}")
    return found


def _batch(value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    percent = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if percent is not None and 1 <= int(percent[1]) <= 100:
        return f"{int(percent[1])}%"
    raise ValueError(f"must be a number of hosts from 1, or a percentage from '1%' to '100%', not {value!r}")


def _memory(value: object) -> str:
    if isinstance(value, str) and _MEMORY.fullmatch(value):
        return value.lower()
    raise ValueError(f"must be a number with k, m or g, such as '512m', not {value!r}")


def _share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError(f"must be a number between 0 and 1, not {value!r}")
    return float(value)


def _schema_of_duration(minimum: int, *, exclusive: bool = False) -> dict[str, Any]:
    bound = {"exclusiveMinimum": minimum} if exclusive else {"minimum": minimum}
    return {"anyOf": [{"type": "number" if exclusive else "integer", **bound}, _DURATION_TEXT]}


Seconds = Annotated[int, BeforeValidator(_whole_seconds(0)), WithJsonSchema(_schema_of_duration(0))]
"""Whole seconds from 0."""

SecondsFromOne = Annotated[int, BeforeValidator(_whole_seconds(1)), WithJsonSchema(_schema_of_duration(1))]
"""Whole seconds from 1."""

Timeout = Annotated[float, BeforeValidator(_more_than_nothing), WithJsonSchema(_schema_of_duration(0, exclusive=True))]
"""Seconds, fractions allowed, more than 0."""

Batch = Annotated[
    int | str,
    BeforeValidator(_batch),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^([1-9]|[1-9][0-9]|100)%$"}]}
    ),
]
"""A number of hosts, or a percentage of the fleet."""

Memory = Annotated[
    str, BeforeValidator(_memory), WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]*[kKmMgG]$"})
]
"""An amount of memory: "512m", "1g"."""

TaskFile = Annotated[str, Field(min_length=1)]
"""The path of a file with Ansible tasks."""

Share = Annotated[
    float,
    BeforeValidator(_share),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
]
"""A share of all: more than 0, less than 1."""
