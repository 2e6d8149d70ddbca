"""The report page of a run: written after each push, and again whenever it is asked for.

A page that cannot be written changes neither the run nor its exit code. What comes in has its secrets hidden.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safedeploy import __version__
from safedeploy.adapters import result_file
from safedeploy.adapters.history.place import state_directory
from safedeploy.adapters.pages import html
from safedeploy.core.errors import SafedeployError
from safedeploy.core.history import Event, Run, fit, summary
from safedeploy.core.recording import fit_document, fit_plan
from safedeploy.core.report import postmortem_page, run_page
from safedeploy.core.report.anonymous import anonymous
from safedeploy.core.report.parts import Page
from safedeploy.workflows.events import Milestone, Phase, Status, hidden
from safedeploy.workflows.session import Session

if TYPE_CHECKING:
    from safedeploy.workflows.history import Told

COMMANDS = frozenset({"push", "rollback", "confirm", "abort"})
KEPT = 200  # pages of an environment


def page_of(told: Told) -> Page:
    """The page of a recorded run; of a post-mortem what it had found."""
    documents = anonymous(told.documents)
    result = documents.get("result") or {}
    if result.get("format") == "safedeploy-postmortem":
        return postmortem_page.page(result, made=made())
    events = tuple(replace(event, text=anonymous(event.text)) for event in told.events)
    return run_page.page(told.run, told.summary, events, documents, made=made())


def made() -> str:
    """When and by what a page is made."""
    return f"Made by safedeploy {__version__} on {datetime.now(UTC).strftime('%Y-%m-%d %H:%M:%S')} UTC."


class Reporting:
    """A listener that collects a run, and writes its page when it is over; `path` is where it went."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._events: list[Event] = []
        self._lock = threading.Lock()
        self._command = ""
        self._reason = ""
        self.path: Path | None = None
        self.why: str | None = None

    def phase(self, phase: Phase, text: str) -> None:
        """A phase begins."""
        self._add("phase", phase=phase.value, text=fit(text))

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Something is known about one host."""
        if status is not Status.RUNNING:
            self._add("host", host=host, phase=phase.value, result=status.value, text=fit(text))

    def output(self, text: str) -> None:
        """Not in a page: Ansible's own words are for who asked for them."""

    def milestone(self, milestone: Milestone, data: Mapping[str, Any]) -> None:
        """The run has come this far."""
        if milestone is Milestone.RUN_STARTED:
            self._command, self._reason = str(data.get("command")), fit(data.get("reason") or "")
        elif milestone is Milestone.HOST_ENDED:
            self._add("host-ended", host=str(data["host"]), result=str(data["end"]), text=fit(data.get("why") or ""))
        elif milestone is Milestone.ROLLOUT_STARTED:
            self._add("rollout-started", data=dict(data))
        elif milestone is Milestone.RUN_ENDED:
            self._add("run-ended", data={"exit_code": data.get("exit_code")})
            if self._command in COMMANDS and any(one.kind == "host-ended" for one in self._events):
                try:
                    self._write(data)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is said in one line
                    told = isinstance(error, OSError | SafedeployError)
                    self.why = str(error) if told else f"{type(error).__name__}: {error}"

    def _add(self, kind: str, **more: Any) -> None:
        with self._lock:
            event = Event(
                run=self._session.identity.run, seq=len(self._events), at=datetime.now(UTC), kind=kind, **more
            )
            self._events.append(event)

    def _write(self, data: Mapping[str, Any]) -> None:
        from safedeploy.workflows.history import Told  # noqa: PLC0415 - with it comes SQLAlchemy, for most in vain

        session = self._session
        documents: dict[str, Any] = {}
        if session.plan_document is not None:
            documents["plan"] = fit_plan(hidden(session.plan_document, session.hide), session.private)
        if data.get("document") is not None:
            documents["result"] = fit_document(data["document"], session.private)
        identity = session.identity
        result = documents.get("result") or {}
        run = Run(
            run=identity.run,
            environment=session.target.environment,
            project=session.policy.project,
            command=self._command,
            actor=identity.actor,
            started=identity.started,
            ended=datetime.now(UTC),
            version=__version__,
            reason=self._reason,
            exit_code=int(data["exit_code"]),
            error=data.get("error"),
            release=result.get("release"),
        )
        told = Told(
            run=run,
            summary=summary(int(data["exit_code"]), data.get("error"), result),
            events=tuple(self._events),
            documents=documents,
        )
        self.path = put(session.target.environment, identity.run, html(page_of(told)))


def put(environment: str, run: str, content: str) -> Path:
    """Write a page where this user's pages are, for this user alone; the oldest ones go. Raises OSError."""
    directory = state_directory() / "reports" / environment
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / f"{run}.html"
    result_file.write(path, content.encode(), mode=0o600)
    for old in sorted(directory.glob("*.html"), key=_written)[:-KEPT]:
        with suppress(OSError):
            old.unlink()
    return path


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
