"""What git says of the project: for the provenance of a release, and before a file is changed. Reads only."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from safedeploy.core import ci_job


def provenance(project: Path) -> dict[str, str | bool | None]:
    """`commit` (full hash or None), `branch` and `dirty` of the checkout that holds the project.

    Outside a checkout, or without git, the commit is None: a release need not come from git. What git cannot tell in a
    CI job is taken from the job: the branch, since it has a commit checked out without one, and the commit where git
    refuses to read a checkout that belongs to another user (it is then not known whether that is dirty).
    """
    commit = _git(project, "rev-parse", "HEAD")
    if commit is None:
        commit = ci_job.commit(os.environ, project)
        return {"commit": commit, "branch": ci_job.branch(os.environ) if commit else None, "dirty": None}
    branch = _git(project, "rev-parse", "--abbrev-ref", "HEAD")
    if branch == "HEAD" and commit == ci_job.commit(os.environ, project):
        branch = ci_job.branch(os.environ) or branch
    return {"commit": commit, "branch": branch, "dirty": bool(_git(project, "status", "--porcelain", "--", "."))}


def in_the_way(project: Path, file: Path) -> str:
    """Why a file of the project may not be changed by a program, since no commit could tell the change; else empty."""
    if _git(project, "rev-parse", "--is-inside-work-tree") != "true":
        return "the project is no git work tree"
    if _git(project, "ls-files", "--error-unmatch", "--", str(file)) is None:
        return "git does not track it"
    if _git(project, "status", "--porcelain", "--", str(file)) != "":
        return "it has uncommitted changes"
    return ""


def _git(project: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *arguments], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
