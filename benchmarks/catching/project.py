"""A project directory as its users write one, from a tree: every file static, every link and mode declared."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import trees

ENVIRONMENT = "lab"
SETTINGS = f"""\
version: 1
project: catch-rate
environments:
  {ENVIRONMENT}:
    inventory: inventories/{ENVIRONMENT}.yml
    rollout:
      confirm_window: 30s
      bake: 0s
    lint:
      fail_on: never
"""
FILES = "files"


def lay(tree: Path, project: Path) -> None:
    """Begin a project with the files of a tree."""
    shutil.copytree(tree, project / FILES, symlinks=True)


def write(
    project: Path,
    hosts: Mapping[str, Mapping[str, Any]],
    *,
    base: Iterable[str] = (),
    expect: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Make the project around the tree that lies in `project/files` already, for hosts with Ansible's variables.

    `base` are the paths of the release before: what the tree no longer has is declared absent.
    """
    top = project / FILES
    found = trees.listing(top)
    files = [path for path, place in found.items() if not place.is_symlink()]
    entries: list[dict[str, Any]] = [
        {"static": f"{root[1:]}/", "dest": f"{root}/", "mode": "preserve"}
        for root in trees.ROOTS
        if any(path.startswith(f"{root}/") for path in files)
    ]
    for path, place in found.items():
        if place.is_symlink():
            entries.append({"link": str(place.readlink()), "dest": path})
            place.unlink()
    entries += [{"absent": True, "dest": path} for path in sorted(set(base) - found.keys())]
    variables: dict[str, Any] = {
        "safedeploy_site": {"allowed_roots": list(trees.ROOTS)},
        "safedeploy_files": entries,
        "safedeploy_expect": list(expect),
    }
    document = {"all": {"vars": variables, "hosts": dict(hosts)}}
    (project / "inventories").mkdir()
    (project / f"inventories/{ENVIRONMENT}.yml").write_text(json.dumps(document, indent=1))
    (project / "safedeploy.yml").write_text(SETTINGS)
