"""The file of `plan --markdown`: there also when there is no plan, and then it says why."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from safedeploy.core.errors import SafedeployError

if TYPE_CHECKING:
    from safedeploy.workflows.planning import FleetPlan
    from safedeploy.workflows.session import Session


class PlanReport:
    """Used round the making of a plan, within its session; without a path it does nothing."""

    def __init__(self, session: Session, path: Path | None) -> None:
        self._session, self._path, self._written = session, path, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, SafedeployError) and not self._written:
            from safedeploy.cli.plan_markdown import failure_page

            # The failure itself is what counts; that it could not be written, too, changes nothing.
            with suppress(SafedeployError):
                self._write(failure_page(self._session.target.environment, error, self._origin()))

    def write(self, plan: FleetPlan) -> None:
        """Write the plan. Raises SafedeployError when it cannot be written."""
        from safedeploy.cli.plan_markdown import plan_page

        if self._path is not None:
            self._written = True
            self._write(plan_page(plan, self._origin()))

    def _write(self, page: str) -> None:
        from safedeploy.adapters import result_file

        if self._path is not None:
            result_file.write(self._path, self._session.hide(page).encode("utf-8", "replace"))

    def _origin(self) -> str:
        from safedeploy.adapters import git
        from safedeploy.cli.plan_markdown import origin_line

        commit = git.provenance(self._session.target.project)["commit"] if self._path is not None else None
        identity = self._session.identity
        return origin_line(commit if isinstance(commit, str) else None, identity.run, identity.job_url)
