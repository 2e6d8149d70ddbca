"""The file of `check --junit`: there also when the check came to no host, and then it says why."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from safedeploy.core.errors import SafedeployError

if TYPE_CHECKING:
    from safedeploy.core.junit import Case
    from safedeploy.core.preflight import Preflight
    from safedeploy.workflows.planning import FleetPlan
    from safedeploy.workflows.session import Session


class CheckReport:
    """Used round a check, within its session; without a path it does nothing."""

    def __init__(self, session: Session, path: Path | None) -> None:
        self._session, self._path, self._written = session, path, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, SafedeployError) and self._path is not None and not self._written:
            from safedeploy.cli import check_cases

            # The failure itself is what counts; that it could not be written, too, changes nothing.
            with suppress(SafedeployError):
                self._write(self._path, check_cases.failed(self._session.target.environment, error))

    def write(self, plan: FleetPlan, verdict: Preflight | None) -> None:
        """Write what was found. Raises SafedeployError when it cannot be written."""
        if self._path is not None:
            from safedeploy.cli import check_cases

            self._written = True
            self._write(self._path, check_cases.cases(plan, verdict))

    def _write(self, path: Path, cases: list[Case]) -> None:
        from safedeploy.cli import check_cases, junit

        junit.write(path, check_cases.suite(self._session.target.environment), [self._hidden(one) for one in cases])

    def _hidden(self, case: Case) -> Case:
        hide = self._session.hide
        failure, error, skipped = (text and hide(text) for text in (case.failure, case.error, case.skipped))
        return replace(case, output=hide(case.output), failure=failure, error=error, skipped=skipped)
