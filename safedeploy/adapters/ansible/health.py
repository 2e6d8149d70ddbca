"""Health checks of a host: those of safedeploy.yml, then those of its variables, templated and checked.

A check is a mapping as docs/architecture.md, section 4, describes it; one with the name of an earlier one replaces it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from safedeploy.adapters.ansible.entries import kind_of
from safedeploy.core.errors import SafedeployError
from safedeploy.core.nearest import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from safedeploy.adapters.ansible.library.templating import HostTemplating
    from safedeploy.core.masking import Masker


def checks(
    templating: HostTemplating, variable: str, policy: Iterable[Mapping[str, Any]], *, address: str | None = None
) -> list[dict[str, Any]]:
    """Return the checks of a kind; `variable` is safedeploy_health or safedeploy_controller_health.

    `address` is where those without one connect to. Raises SafedeployError(health-invalid) with the place.
    """
    setting = variable.removeprefix("safedeploy_")
    given = [
        (
            templating.value(templating.trusted(dict(check)), place=f"safedeploy.yml: {setting}[{number}]"),
            setting,
            number,
        )
        for number, check in enumerate(policy)
    ]
    own = templating.value(templating.variables.get(variable), place=variable) or []
    if not isinstance(own, list):
        raise _invalid(variable, f"must be a list of checks, not {kind_of(own)}")
    given += [(check, variable, number) for number, check in enumerate(own)]
    found: dict[str, dict[str, Any]] = {}
    for value, origin, number in given:
        check = _checked(value, f"{origin}[{number}]")
        if address is not None:
            check.setdefault("address", address)
        found[check["name"]] = check
    return list(found.values())


def kept_quiet(found: list[dict[str, Any]], masker: Masker) -> list[dict[str, Any]]:
    """Mark checks that hold a secret, for the host: what it says and records of them must not repeat it.

    `confidential` is the URL as it may be shown.
    """
    return [check if masker.text(str(check)) == str(check) else _confidential(check, masker) for check in found]


def _confidential(check: dict[str, Any], masker: Masker) -> dict[str, Any]:
    return {**check, "name": masker.text(check["name"]), "confidential": masker.text(check["url"])}


def _checked(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _invalid(place, f"must be a mapping, not {kind_of(value)}")
    check = {str(key): untagged(item) for key, item in value.items() if item is not None}
    for key, item in check.items():
        if key not in RULES:
            raise _invalid(f"{place}.{key}", f"unknown key; {suggestion(key, RULES)}")
        if (problem := RULES[key](item)) is not None:
            raise _invalid(f"{place}.{key}", problem)
    if "url" not in check:
        raise _invalid(place, "has no url")
    if isinstance(check.get("status"), int):
        check["status"] = [check["status"]]
    return {"name": check["url"], **check}


def untagged(value: Any) -> Any:
    """Return the value without Ansible's tags, which its text, numbers and lists carry."""
    if isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {untagged(key): untagged(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [untagged(item) for item in value]
    if isinstance(value, str):
        return "".join(value)
    return value + 0 if isinstance(value, int | float) else value


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) else f"must be a text, not {kind_of(value)}"


def _url(value: Any) -> str | None:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    return None if usable else "must be a whole URL with http:// or https:// and a host name"


def _whole(least: int) -> Callable[[Any], str | None]:
    def rule(value: Any) -> str | None:
        good = isinstance(value, int) and not isinstance(value, bool) and value >= least
        return None if good else f"must be a whole number from {least}"

    return rule


def _positive(value: Any) -> str | None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    return None if good else "must be a number above 0"


def _status(value: Any) -> str | None:
    codes = value if isinstance(value, list) else [value]
    good = codes and all(isinstance(code, int) and not isinstance(code, bool) and 100 <= code <= 599 for code in codes)
    return None if good else "must be an HTTP status from 100 to 599, or a list of them"


def _headers(value: Any) -> str | None:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        return "must be a mapping of header names to regular expressions"
    for name, pattern in value.items():
        if not isinstance(pattern, str | None):
            return f"{name}: must be a regular expression, or null for a header that must be absent"
        try:
            re.compile(pattern or "")
        except re.error as error:
            return f"{name}: not a regular expression: {error}"
    return None


def _boolean(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


RULES: dict[str, Callable[[Any], str | None]] = {
    "name": _text,
    "url": _url,
    "status": _status,
    "redirect": _text,
    "headers": _headers,
    "body": _text,
    "absent": _text,
    "tls_name": _boolean,
    "tls_verify": _boolean,
    "tls_min_days": _whole(0),
    "max_ms": _positive,
    "successes": _whole(1),
    "timeout": _positive,
    "method": _text,
    "address": _text,
}


def _invalid(place: str, message: str) -> SafedeployError:
    return SafedeployError(
        "health-invalid", f"{place}: {message}", next_step="Correct the check; docs/variables.md lists the keys."
    )
