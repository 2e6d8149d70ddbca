"""`safedeploy report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.options import Globals

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
) -> None:
    """Write the report on a run: one HTML file that needs nothing else, or Markdown.

    What was wanted, what became of each host and when, the visitors' errors, what was changed. From the history; no
    host is asked. The same page is written after each push.
    """
    from safedeploy.workflows import history, reporting

    told = history.told(context.ensure_object(Globals).project, run)
    page = reporting.page_of(told)
    leave(page, told.run.environment, told.run.run, out)


def leave(page: Page, environment: str, run: str, out: Path | None) -> None:
    """Write a page where it was asked for, and say where it is."""
    from safedeploy.adapters import pages, result_file
    from safedeploy.cli import screen
    from safedeploy.core.report.markdown import markdown
    from safedeploy.workflows import reporting

    if out is None:
        target = reporting.put(environment, run, pages.html(page))
        screen.say_whole(screen.out(), f"report: {target}")
    elif str(out) == "-":
        screen.say_whole(screen.out(), markdown(page))
    else:
        text = markdown(page) if out.suffix == ".md" else pages.html(page)
        result_file.write(out, text.encode())
        screen.say_whole(screen.out(), f"report: {out}")
