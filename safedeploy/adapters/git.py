"""What git says of the project: for the provenance of a release. Reads only."""

from __future__ import annotations

import subprocess
from pathlib import Path


def provenance(project: Path) -> dict[str, str | bool | None]:
    """`commit` (full hash or None), `branch` and `dirty` of the checkout that holds the project.

    Outside a checkout, or without git, the commit is None: a release need not come from git.
    """
    commit = _git(project, "rev-parse", "HEAD")
    if commit is None:
        return {"commit": None, "branch": None, "dirty": None}
    return {
        "commit": commit,
        "branch": _git(project, "rev-parse", "--abbrev-ref", "HEAD"),
        "dirty": bool(_git(project, "status", "--porcelain", "--", ".")),
    }


def _git(project: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *arguments], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
