"""How files of other services are looked after, as the variables of a host declare it.

`validate`, `validate_reason` and `reload` of an entry name known validators, or those of `safedeploy_validators`. The
result is the member `services` of a manifest (docs/architecture.md, section 3): data for the host, which does it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from safedeploy.adapters.ansible.entries import Declared, kind_of
from safedeploy.adapters.ansible.health import untagged
from safedeploy.core.errors import SafedeployError
from safedeploy.core.nearest import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VARIABLE = "safedeploy_validators"
NONE = "none"
NAME = re.compile(r"[A-Za-z0-9][\w.@-]*")
# The host gives all validators together a little more than this.
LONGEST = 45


class OtherServices:
    """Collects what the entries of one host declare.

    `known` are the validators that every host has: name -> whether its service can be reloaded. With None the names in
    the entries are not looked at.
    """

    def __init__(self, validators: Any, known: Mapping[str, bool] | None) -> None:
        self._validators = _validators(validators)
        self._files: dict[str, dict[str, Any]] = {}
        self._places: dict[str, str] = {}
        own = {name: bool(value.get("reload") or value.get("service")) for name, value in self._validators.items()}
        self._known = None if known is None else {**known, **own}

    def add(self, path: str, entry: Declared) -> None:
        """Note what an entry declares for `path`. Raises SafedeployError(validators-invalid) with the place."""
        found = self._declared(entry)
        if self._files.setdefault(path, found) != found:
            raise _invalid(entry.place, f"{path} is looked after in another way by {self._places[path]}")
        self._places.setdefault(path, entry.place)

    def document(self) -> dict[str, Any]:
        """What the host is told: {"validators", "files"}, empty when there is nothing to tell."""
        files = {path: value for path, value in sorted(self._files.items()) if value}
        return {key: value for key, value in (("validators", self._validators), ("files", files)) if value}

    def _declared(self, entry: Declared) -> dict[str, Any]:
        found: dict[str, Any] = {}
        validate, reason = entry.looked_after.get("validate"), entry.looked_after.get("validate_reason")
        if validate is not None:
            found["validate"] = self._name(validate, f"{entry.place}.validate", [*(self._known or ()), NONE])
        if (validate == NONE) != (reason is not None):
            raise _invalid(
                f"{entry.place}.validate_reason",
                "is missing: say why the file is not validated"
                if validate == NONE
                else "goes with 'validate: none' alone",
            )
        if reason is not None:
            found["reason"] = _text(reason, f"{entry.place}.validate_reason")
        if (reload := entry.looked_after.get("reload")) is not None:
            found["reload"] = self._reload(reload, f"{entry.place}.reload")
        return found

    def _reload(self, value: Any, place: str) -> str | list[str]:
        if isinstance(value, list | tuple):
            return _words(value, place)
        name = self._name(value, place, self._known or ())
        if self._known is not None and not self._known[name]:
            raise _invalid(place, f"'{name}' has nothing to reload: what reads its files reads them each time")
        return name

    def _name(self, value: Any, place: str, names: Any) -> str:
        name = _text(value, place)
        if self._known is not None and name not in names:
            raise _invalid(place, f"no validator or service '{name}'; {suggestion(name, names)}")
        return name


def _validators(value: Any) -> dict[str, dict[str, Any]]:
    if value is None:
        return {}
    if not isinstance(value, list | tuple):
        raise _invalid(VARIABLE, f"must be a list of validators, not {kind_of(value)}")
    found: dict[str, dict[str, Any]] = {}
    for number, item in enumerate(value):
        place = f"{VARIABLE}[{number}]"
        name, validator = _validator(item, place)
        if name in found:
            raise _invalid(f"{place}.name", f"'{name}' is declared twice")
        found[name] = validator
    return found


def _validator(value: Any, place: str) -> tuple[str, dict[str, Any]]:
    if not isinstance(value, dict):
        raise _invalid(place, f"must be a mapping, not {kind_of(value)}")
    given = {str(key): untagged(item) for key, item in value.items() if item is not None}
    for key, item in given.items():
        if key not in RULES:
            raise _invalid(f"{place}.{key}", f"unknown key; {suggestion(key, RULES)}")
        RULES[key](item, f"{place}.{key}")
    for key in ("name", "command"):
        if key not in given:
            raise _invalid(place, f"has no {key}")
    name = given.pop("name")
    if name == NONE or not NAME.fullmatch(name):
        raise _invalid(f"{place}.name", f"{name!r} cannot be the name of a validator")
    return name, given


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value or re.search(r"[\x00\n]", value):
        raise _invalid(place, f"must be a text of one line, not {kind_of(value)}")
    return str(untagged(value))


def _words(value: Any, place: str) -> list[str]:
    if not isinstance(value, list | tuple) or not value or not all(isinstance(word, str) and word for word in value):
        raise _invalid(place, "must be a list of texts: a program and its arguments, which no shell reads")
    return [str(untagged(word)) for word in value]


def _globs(value: Any, place: str) -> None:
    for glob in _words(value, place):
        if not glob.startswith(("/", "**")):
            raise _invalid(place, f"'{glob}' must be absolute, or begin with **")


def _seconds(value: Any, place: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= LONGEST:
        raise _invalid(place, f"must be a number of seconds above 0, and {LONGEST} at most")


RULES: dict[str, Callable[[Any, str], object]] = {
    "name": _text,
    "paths": _globs,
    "command": _words,
    "timeout": _seconds,
    "service": _text,
    "reload": _words,
}


def _invalid(place: str, message: str) -> SafedeployError:
    return SafedeployError(
        "validators-invalid", f"{place}: {message}", next_step="Correct the variable; docs/variables.md lists the keys."
    )
