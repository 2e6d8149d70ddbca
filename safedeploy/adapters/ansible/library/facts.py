"""Whether a host's share of a release depends on facts, so that they are gathered only then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from safedeploy.adapters.ansible.entries import DELIMITERS, Source, variables
from safedeploy.core.errors import SafedeployError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from safedeploy.adapters.ansible.library.references import ReferenceFinder
    from safedeploy.adapters.ansible.library.templating import HostTemplating
    from safedeploy.core.policy import Policy


def refers_to_facts(finder: ReferenceFinder, templating: HostTemplating, policy: Policy) -> bool:
    """Tell whether templates, declarations or health checks of a host refer to facts, directly or not.

    What is wrong with a declaration is not said here but when it is rendered.
    """
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
    roots = [name for name in templating.variables if name.startswith("safedeploy_")]
    return finder.needs_facts(templating.variables, roots, files, texts)


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
