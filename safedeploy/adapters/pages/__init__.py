"""Reports as HTML: one file that needs nothing else, not even a network."""

from __future__ import annotations

from pathlib import Path

import jinja2
from markupsafe import Markup

from safedeploy.core.report.parts import Page, Picture

_HERE = Path(__file__).parent


def html(page: Page) -> str:
    """The whole report. Everything is escaped but our own drawings, which escape their texts themselves."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawing"] = _drawing
    environment.filters["signed"] = _signed
    style = Markup((_HERE / "style.css").read_text("utf-8"))  # noqa: S704 - a file of this package
    return environment.get_template("report.html.j2").render(page=page, style=style)


def _drawing(picture: Picture) -> Markup:
    return Markup(picture.svg)  # noqa: S704 - core/report/svg.py has escaped every text in it


def _signed(line: str) -> str:
    """What a line of a difference is: a class for its colour; its sign stands in the text."""
    if line.startswith(("+++", "---")):
        return "head"
    return {"+": "added", "-": "removed", "@": "place"}.get(line[:1], "")
