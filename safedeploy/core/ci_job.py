"""What a CI system says of the job that runs here, in its environment variables. Pure: they are passed in.

Documented by GitHub ("Store information in variables"), GitLab ("Predefined CI/CD variables reference") and Jenkins
("Using environment variables"). Values are checked before they are believed: they go into records and onto pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH = re.compile(r"[\w./+@#-]{1,200}", re.ASCII)
# A plain address: no password in it, no blank, nothing that a page would take for markup.
_ADDRESS = re.compile(r"https?://[\w.:\[\]-]+(/[\w./~%+-]*)?", re.ASCII)
_PERSON = re.compile(r"[\w.@+\[\] -]{1,100}")
# Who started the run comes before who wrote the change: a job that is run again is answered for by who did that.
_PERSONS = ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID")
_COMMITS = ("GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT")
_BRANCHES = ("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "BRANCH_NAME")
_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE")
_JOBS = ("CI_JOB_URL", "BUILD_URL")


class Platform(StrEnum):
    """Whose job log this is; `other` is a CI system without a format of its own, `none` is no CI system."""

    NONE = "none"
    OTHER = "other"
    GITHUB = "github"
    GITLAB = "gitlab"


def platform(environ: Mapping[str, str]) -> Platform:
    """The CI system that this runs in. Gitea and Forgejo say that they are GitHub, and speak its language."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return Platform.GITHUB
    if environ.get("GITLAB_CI") == "true":
        return Platform.GITLAB
    named = environ.get("CI", "").lower() in ("true", "1", "yes") or any(
        environ.get(name) for name in ("JENKINS_URL", "TF_BUILD")
    )
    return Platform.OTHER if named else Platform.NONE


def person(environ: Mapping[str, str]) -> str | None:
    """Who started the job."""
    return _first(environ, _PERSONS, _PERSON)


def job_url(environ: Mapping[str, str]) -> str | None:
    """The page of the job, or of the run that it is a part of."""
    server, repository, run = (environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and run:
        attempt = environ.get("GITHUB_RUN_ATTEMPT")
        found = f"{server}/{repository}/actions/runs/{run}" + (f"/attempts/{attempt}" if attempt else "")
        return found if len(found) <= 500 and _ADDRESS.fullmatch(found) else None
    return _first(environ, _JOBS, _ADDRESS)


def commit(environ: Mapping[str, str], project: PurePath) -> str | None:
    """The commit that the job was started for, if the project is in what was checked out for it."""
    checkouts = [PurePath(environ[name]) for name in _CHECKOUTS if environ.get(name)]
    if not any(project.is_relative_to(checkout) for checkout in checkouts):
        return None
    return _first(environ, _COMMITS, _COMMIT)


def branch(environ: Mapping[str, str]) -> str | None:
    """The branch or tag that the job was started for: a job's checkout is a commit without one."""
    return _first(environ, _BRANCHES, _BRANCH)


def _first(environ: Mapping[str, str], names: tuple[str, ...], shape: re.Pattern[str]) -> str | None:
    values = (environ.get(name, "") for name in names)
    return next((value for value in values if len(value) <= 500 and shape.fullmatch(value)), None)
