"""Where the files lie that come with safedeploy: at the top of a checkout, or in an installed wheel's safedeploy/_data.

All directories are read only.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_INSTALLED = _PACKAGE / "_data"


def _root() -> Path:
    return _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def playbooks_dir() -> Path:
    """Return the directory of the playbooks and their plugins."""
    return _root() / "playbooks"


def templates_dir() -> Path:
    """Return the directory of the starter templates."""
    return _root() / "templates"


def inventories_dir() -> Path:
    """Return the directory that holds the inventory `example`."""
    return _root() / "inventories"


def starter_dir() -> Path:
    """Return the directory of the other files that a new project begins with."""
    return _PACKAGE / "starter"
