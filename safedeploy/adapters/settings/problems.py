"""What pydantic found, as sentences with places: one line for each problem, in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from safedeploy.core.nearest import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from .document import Document, Path

_WANTED = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a mapping",
    "string_type": "a text",
}


def sentences(error: ValidationError, document: Document, model: type[BaseModel]) -> tuple[str, ...]:
    """Every problem as `place: what is wrong`, sorted by line."""
    found = [_problem(details, document, model) for details in error.errors(include_url=False)]
    return tuple(text for _, text in sorted(dict.fromkeys(found)))


def _problem(details: ErrorDetails, document: Document, model: type[BaseModel]) -> tuple[int, str]:
    location: Path = tuple(details["loc"])
    if location and location[-1] == "[key]":
        location = location[:-1]
        text = "a name must begin with a letter or digit and hold only letters, digits, '.', '_' and '-'"
    elif details["type"] == "extra_forbidden":
        text = f"unknown key; {suggestion(str(location[-1]), _keys_at(location[:-1], model))}"
    else:
        text = _explain(details)
    return document.line(location), f"{document.place(location)} {text}"


def _explain(details: ErrorDetails) -> str:
    kind, context, given = details["type"], details.get("ctx", {}), details["input"]
    if kind in _WANTED:
        return f"must be {_WANTED[kind]}, not {_shown(given)}"
    explain = _EXPLANATIONS.get(kind)
    return explain(context, given) if explain else f"{details['msg']}, not {_shown(given)}"


_EXPLANATIONS: Mapping[str, Callable[[Mapping[str, Any], Any], str]] = {
    "missing": lambda _c, _g: "is required",
    "value_error": lambda c, _g: str(c["error"]),
    "literal_error": lambda c, g: f"must be {c['expected']}, not {_shown(g)}",
    "greater_than_equal": lambda c, g: f"must be at least {c['ge']}, not {_shown(g)}",
    "too_short": lambda _c, _g: "must not be empty",
    "string_too_short": lambda _c, _g: "must not be empty",
    "string_pattern_mismatch": lambda c, g: f"must match {c['pattern']}, not {_shown(g)}",
}


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys_at(path: Path, model: type[BaseModel]) -> tuple[str, ...]:
    """List the keys that are known where `path` leads in the model."""
    current: Any = model
    for step in path:
        if _is_model(current):
            field = current.model_fields.get(str(step))
            current = field.annotation if field else None
        else:  # a list or a mapping of names: the step was an index or a name
            current = _model_in(current)
    return tuple(current.model_fields) if _is_model(current) else ()


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _model_in(annotation: Any) -> Any:
    """Find the model that an annotation holds (`list[Model] | None`, `dict[str, Model]`)."""
    if _is_model(annotation):
        return annotation
    for argument in get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
