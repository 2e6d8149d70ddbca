"""Where a project keeps its things: the settings file and the inventories."""

from __future__ import annotations

import re
from pathlib import Path

from safedeploy.core.errors import SafedeployError

from .model import NAME

_SUFFIXES = ("", ".yml", ".yaml", ".ini")
# Ansible reads these beside an inventory file: they are not inventories themselves.
_BESIDE = {"group_vars", "host_vars"}


def text(project: Path, name: str) -> str:
    """Read the text of the settings file. Raises SafedeployError `settings-missing` or `settings-unreadable`."""
    path = project / name
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _missing(project, name) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SafedeployError(
            "settings-unreadable", f"{name}:{line}: not UTF-8 text: {error.reason}", next_step=f"Save {path} as UTF-8."
        ) from error
    except OSError as error:
        raise SafedeployError(
            "settings-unreadable", f"{path}: cannot be read: {error.strerror}", next_step="Make it a readable file."
        ) from error


def inventories(project: Path) -> tuple[str, ...]:
    """Name the environments that inventories/ holds without the settings file naming them."""
    folder = project / "inventories"
    try:
        found = list(folder.iterdir())
    except OSError:
        return ()
    names = {entry.stem if entry.suffix in _SUFFIXES and entry.is_file() else entry.name for entry in found}
    return tuple(sorted(name for name in names - _BESIDE if re.fullmatch(NAME, name)))


def inventory(project: Path, environment: str) -> str:
    """Find the inventory of an environment that names none: `inventories/<name>`, or a file of that name."""
    for suffix in _SUFFIXES:
        candidate = f"inventories/{environment}{suffix}"
        if (project / candidate).exists():
            return candidate
    return f"inventories/{environment}"


def _missing(project: Path, name: str) -> SafedeployError:
    other = project / f"{Path(name).stem}.yaml"
    if other.is_file():
        return SafedeployError(
            "settings-missing", f"{project} has no {name}, but {other.name}.", next_step=f"Rename {other} to {name}."
        )
    return SafedeployError(
        "settings-missing",
        f"{project} has no {name}.",
        next_step="Make a project with `safedeploy init`, or name its directory with --project.",
    )
