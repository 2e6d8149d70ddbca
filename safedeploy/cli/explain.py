"""`safedeploy explain`."""

from __future__ import annotations

import textwrap
from typing import Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.options import Json
from safedeploy.core.errors import ExitCode, SafedeployError


@reported
def explain(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORD", help="A rule, a code such as AH00526, a directive, or a line of an error log in quotes."
        ),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Say what a finding, a code of httpd's or a line of an error log means.

    Without a host and without a project: rules of the linter, httpd's own error codes with what is most often behind
    them, and where a directive may stand and which module has it.
    """
    from dataclasses import asdict

    from safedeploy.cli import screen
    from safedeploy.lint.explain import explain as find
    from safedeploy.lint.explain import suggestion

    asked = " ".join(words)
    found = find(asked)
    if not found:
        raise _unknown(asked, suggestion(asked))
    if as_json:
        screen.say_json({"format": "safedeploy-explain", "version": 1, "explanations": [asdict(one) for one in found]})
        return
    console = screen.out()
    for number, one in enumerate(found):
        screen.say(console, ("\n" if number else "") + one.subject, "bold")
        for line in textwrap.wrap(one.meaning, 100):
            screen.say(console, f"  {line}")
        for cause in one.causes:
            screen.say(console, f"  - {cause}")
        for line in textwrap.wrap(one.remedy, 92):
            screen.say(console, f"  {'remedy: ' if line == textwrap.wrap(one.remedy, 92)[0] else '        '}{line}")
        if one.rules:
            screen.say(console, f"  found beforehand by: {', '.join(one.rules)}")
        if one.source:
            screen.say(console, f"  {one.source}")


def _unknown(asked: str, meant: str | None) -> SafedeployError:
    shown = asked if len(asked) <= 80 else f"{asked[:77]}..."
    return SafedeployError(
        "nothing-to-explain",
        f"nothing is known about '{shown}'" + (f"; did you mean {meant}?" if meant else ""),
        next_step="`safedeploy rules` lists the rules. A line of an error log is given whole, in quotes.",
        exit_code=ExitCode.USAGE,
    )
