"""`safedeploy report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.options import Globals, Json
from safedeploy.core.errors import ExitCode, SafedeployError

if TYPE_CHECKING:
    from safedeploy.core.report.parts import Page

Out = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Where the report goes; *.md is Markdown, all else HTML. `-` is the screen."
    ),
]


@reported
def report(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="The run: its id, the beginning of it, or `last`.")],
    *,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Write the report on a run: one HTML file that needs nothing else, or Markdown.

    What was wanted, what became of each host and when, the visitors' errors, what was changed. From the history; no
    host is asked. The same page is written after each push.
    """
    from safedeploy.cli import screen
    from safedeploy.workflows import history, reporting

    told = history.told(context.ensure_object(Globals).project, run)
    page = reporting.page_of(told)
    if not as_json:
        leave(page, told.run.environment, told.run.run, out)
        return
    target = None if out is not None and str(out) == "-" else put(page, told.run.environment, told.run.run, out)
    screen.say_json(
        {
            "format": "safedeploy-report",
            "version": 1,
            "environment": told.run.environment,
            "run": told.run.run,
            "title": page.title,
            "file": None if target is None else str(target),
            "sections": [section.title for section in page.sections],
            "questions": list(page.questions),
        }
    )


def leave(page: Page, environment: str, run: str, out: Path | None) -> None:
    """Write a page where it was asked for, and say where it is."""
    from safedeploy.cli import screen
    from safedeploy.core.report.markdown import markdown

    if out is not None and str(out) == "-":
        screen.say_whole(screen.out(), markdown(page))
    else:
        screen.say_whole(screen.out(), f"report: {put(page, environment, run, out)}")


def put(page: Page, environment: str, run: str, out: Path | None) -> Path:
    """Write a page to a file. Raises SafedeployError `file-not-written`."""
    from safedeploy.adapters import pages, result_file
    from safedeploy.core.report.markdown import markdown
    from safedeploy.workflows import reporting

    if out is not None:
        text = markdown(page) if out.suffix == ".md" else pages.html(page)
        result_file.write(out, text.encode())
        return out
    try:
        return reporting.put(environment, run, pages.html(page))
    except OSError as error:
        raise SafedeployError(
            "file-not-written",
            f"{error.filename} could not be written: {error.strerror}",
            state="No host was asked to change anything; the record of the run is as it was.",
            next_step="Name a file with --out, or let XDG_STATE_HOME be a directory that you may write to.",
            exit_code=ExitCode.USAGE,
        ) from error
