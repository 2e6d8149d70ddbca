"""Intended changes of behaviour, declared beside the files: `safedeploy_expect`, and `expect` of a file's entry.

Each names a URL (with `*` at its end, all that begin so) and what the answer is to be; docs/variables.md lists the
keys. What is declared for the same URL and method in several places adds up, and may not contradict itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from safedeploy.adapters.ansible.entries import kind_of
from safedeploy.adapters.ansible.health import RULES as CHECKS
from safedeploy.adapters.ansible.health import untagged
from safedeploy.core.errors import SafedeployError
from safedeploy.core.nearest import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

VARIABLE = "safedeploy_expect"
METHODS = ("GET", "HEAD", "OPTIONS")


def expected(given: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    """Return all expectations of a host from (place, rendered value) pairs; a value is one expectation or a list.

    Raises SafedeployError(expect-invalid) with the place.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    places: dict[tuple[str, str, str], str] = {}
    for place, value in given:
        items = [(place, value)] if isinstance(value, dict) else _items(place, value)
        for where, item in items:
            one = _checked(item, where)
            key = (one["url"], one.get("method", "GET"))
            known = found.setdefault(key, {})
            for name, wanted in one.items():
                before = places.setdefault((*key, name), where)
                if known.setdefault(name, wanted) != wanted:
                    raise _invalid(f"{where}.{name}", f"contradicts {before}, which declares the same URL")
    return list(found.values())


def _items(place: str, value: Any) -> list[tuple[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise _invalid(place, f"must be a list of expectations, not {kind_of(value)}")
    return [(f"{place}[{number}]", item) for number, item in enumerate(value)]


def _checked(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _invalid(place, f"must be a mapping, not {kind_of(value)}")
    one = {str(key): untagged(item) for key, item in value.items() if item is not None}
    for key, item in one.items():
        if key not in RULES:
            raise _invalid(f"{place}.{key}", f"unknown key; {suggestion(key, RULES)}")
        if (problem := RULES[key](item)) is not None:
            raise _invalid(f"{place}.{key}", problem)
    if "url" not in one:
        raise _invalid(place, "has no url")
    if not set(one) - {"url", "method"}:
        raise _invalid(place, f"declares nothing: add one of {', '.join(k for k in RULES if k not in TARGET)}")
    if "gone" in one and "status" in one:
        raise _invalid(f"{place}.gone", "means a status of 404 or 410, and a status is declared too: keep one")
    if isinstance(one.get("status"), int):
        one["status"] = [one["status"]]
    return one


def _url(value: Any) -> str | None:
    if not isinstance(value, str):
        return CHECKS["url"](value)
    if "*" in value[:-1]:
        return "may have a * at its end only: it then stands for all URLs that begin so"
    # A pattern may end within the name of the host, which a URL may not.
    return None if value in {"http://*", "https://*"} else CHECKS["url"](value.removesuffix("*"))


def _method(value: Any) -> str | None:
    return None if value in METHODS else f"must be one of {', '.join(METHODS)}: nothing else is ever asked"


def _only_true(value: Any) -> str | None:
    return None if value is True else "must be true; remove the key if it does not hold"


TARGET = ("url", "method")
RULES: dict[str, Callable[[Any], str | None]] = {
    "url": _url,
    "method": _method,
    "status": CHECKS["status"],
    "location": CHECKS["redirect"],
    "gone": _only_true,
    "body": CHECKS["body"],
    "absent": CHECKS["absent"],
    "headers": CHECKS["headers"],
    "any": _only_true,
}


def _invalid(place: str, message: str) -> SafedeployError:
    return SafedeployError(
        "expect-invalid", f"{place}: {message}", next_step="Correct the declaration; docs/variables.md lists the keys."
    )
