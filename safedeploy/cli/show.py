"""`safedeploy show`."""

from __future__ import annotations

from typing import Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.options import Diffs, Globals, Json


@reported
def show(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="The run: its id, the beginning of it, or `last`.")],
    *,
    diffs: Diffs = True,
    as_json: Json = False,
) -> None:
    """Show one run again: all that its screen gave, and what happened when.

    From the history; no host is asked.
    """
    from safedeploy.cli import screen, show_view
    from safedeploy.workflows import history

    found = history.told(context.ensure_object(Globals).project, run)
    if as_json:
        screen.say_json(show_view.document(found))
    else:
        show_view.show(screen.out(), found, diffs=diffs)
