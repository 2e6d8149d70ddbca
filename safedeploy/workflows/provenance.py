"""Where a release comes from: commit, person, run and version, kept with it on every host."""

from __future__ import annotations

from typing import Any

from safedeploy import __version__
from safedeploy.adapters import git
from safedeploy.workflows.session import Session


def provenance(session: Session) -> dict[str, Any]:
    """The provenance of a release that this session makes."""
    job_url = session.identity.job_url
    return {
        **git.provenance(session.target.project),
        "actor": session.identity.actor,
        "run": session.identity.run,
        "safedeploy": __version__,
        "environment": session.target.environment,
        **({"job_url": job_url} if job_url else {}),
    }
