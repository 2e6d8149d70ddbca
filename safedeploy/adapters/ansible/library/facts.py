"""Whose facts a host's share of a release depends on, so that they are gathered only then."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from safedeploy.adapters.ansible.entries import DELIMITERS, Source, variables
from safedeploy.adapters.ansible.library.references import is_fact
from safedeploy.core.errors import SafedeployError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from safedeploy.adapters.ansible.library.references import ReferenceFinder
    from safedeploy.adapters.ansible.library.templating import HostTemplating
    from safedeploy.core.policy import Policy


_FOLLOWED = "follow "  # before names in what is recalled: no variable's name has a space


class FactUse(Enum):
    """Whose facts are used; `FLEET` when they may be another host's, since `hostvars` is used as well."""

    NONE = auto()
    OWN = auto()
    FLEET = auto()


def fact_use(finder: ReferenceFinder, templating: HostTemplating, policy: Policy) -> FactUse:
    """Tell whose facts the templates, declarations and health checks of a host refer to, directly or not.

    What is wrong with a declaration is not said here but when it is rendered.
    """
    roots = [name for name in templating.variables if name.startswith("safedeploy_")]
    key = ("facts", tuple(roots))
    # Of what names are followed to, only the references in it matter: a host's own name has none.
    followed = {f"{_FOLLOWED}{name}": _references_in(value) for name, value in templating.variables.items()}
    return templating.recall(key, roots, lambda: _fact_use(finder, templating, policy, roots), more=followed)


def _fact_use(finder: ReferenceFinder, templating: HostTemplating, policy: Policy, roots: list[str]) -> FactUse:
    texts: list[Any] = [*policy.health, *policy.controller_health]
    files: dict[Path, dict[str, Any]] = {}
    for entry in _entries(templating):
        texts += _conditions(entry)
        name = entry.get(Source.TEMPLATE)
        if isinstance(name, str) and "{{" in name:
            files |= {path: {} for path in finder.every_template()}
        elif isinstance(name, str):
            try:
                files[templating.find("templates", name)] = {
                    key: str(entry[key]) for key in DELIMITERS if isinstance(entry.get(key), str)
                }
            except SafedeployError:
                continue
    names = finder.names(templating.variables, roots, files, texts)
    templating.note(f"{_FOLLOWED}{name}" for name in names)
    if not any(is_fact(name, templating.variables) for name in names):
        return FactUse.NONE
    return FactUse.FLEET if "hostvars" in names else FactUse.OWN


def _references_in(value: Any) -> Any:
    return None if isinstance(value, str) and "{" not in value else value


def _entries(templating: HostTemplating) -> Iterator[dict[str, Any]]:
    for variable in variables(templating.variables):
        try:
            entries = templating.container(templating.variables[variable], place=variable)
            for number, raw in enumerate(entries if isinstance(entries, list | tuple) else ()):
                entry = templating.container(raw, place=f"{variable}[{number}]")
                if isinstance(entry, dict):
                    yield entry
        except SafedeployError:
            continue  # made of facts, maybe: its names are among the roots


def _conditions(entry: dict[str, Any]) -> list[str]:
    """Return the `when` expressions as templates, so that they are read like all the others."""
    when = entry.get("when")
    return ["{{ " + item + " }}" for item in (when if isinstance(when, list) else [when]) if isinstance(item, str)]
