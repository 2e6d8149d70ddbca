"""The validators that every host knows, read from the on-host program's own source: a plan tells what it will do.

Only data and a pure choice are taken from there; nothing of the program is imported, and nothing of it runs.
"""

from __future__ import annotations

import runpy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from safedeploy.core.looked_after import LookedAfter


class Validators:
    """The table and the choice of the program in the directory `program`. Raises OSError when it is not whole."""

    def __init__(self, program: Path) -> None:
        self._known: Mapping[str, dict[str, Any]] = runpy.run_path(str(program / "validators/known.py"))["KNOWN"]
        self._choose: dict[str, Any] = runpy.run_path(str(program / "validators/choose.py"))

    def reloadable(self) -> dict[str, bool]:
        """Every known name, and whether it has a service that can be reloaded."""
        return {name: bool(value.get("services") or value.get("reload")) for name, value in self._known.items()}

    def looked_after(self, paths: Iterable[str], services: Mapping[str, Any]) -> tuple[LookedAfter, ...]:
        """What happens on the host for changed paths; those of which there is nothing to say are left out."""
        table = self._choose["table"](services, self._known)
        found = (self._one(path, services, table) for path in paths)
        return tuple(one for one in found if one.text)

    def _one(self, path: str, services: Mapping[str, Any], table: Mapping[str, dict[str, Any]]) -> LookedAfter:
        chosen = self._choose["choose"]([path], services, table)
        shown = [self._choose["shown"](table[check["name"]], check["version"]) for check in chosen["checks"]]
        reload = ((services.get("files") or {}).get(path) or {}).get("reload")
        return LookedAfter(
            path=path,
            validator=" and ".join(shown) or None,
            reload=_reload(reload, table) if reload else None,
            reason=chosen["declined"].get(path),
        )


def _reload(value: str | list[str], table: Mapping[str, dict[str, Any]]) -> str:
    if not isinstance(value, str):
        return f"runs {' '.join(value)}"
    definition = table.get(value, {})
    if "reload" in definition:
        return f"runs {' '.join(definition['reload'])}"
    return f"{definition.get('verb', 'reload')}s {value}"
