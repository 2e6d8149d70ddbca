"""Options that several commands share, and the values that they give."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer


@dataclass(kw_only=True)
class Globals:
    """What was said before the command; `run` is what it is called once it has begun to work."""

    project: Path = field(default_factory=Path)
    verbosity: int = 0
    run: str | None = None


Environment = Annotated[
    str, typer.Argument(help="The environment: a name in safedeploy.yml or a folder of inventories/.")
]
Limit = Annotated[
    str | None, typer.Option("--limit", "-l", metavar="PATTERN", help="Only these hosts (Ansible's pattern).")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, and nothing else there.")]
Junit = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Write a JUnit report, for the pages of a CI platform."),
]
Lint = Annotated[
    bool,
    typer.Option("--lint/--no-lint", help="First look for mistakes in what is rendered (`safedeploy lint`)."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask. Needed without a terminal.")]


def _reason(text: str) -> str:
    """Bytes that are no UTF-8, as a terminal of another encoding sends them, would be refused half-way by Ansible."""
    return text.encode("utf-8", "replace").decode()


Reason = Annotated[
    str,
    typer.Option(
        "--reason", "-m", metavar="TEXT", help="Why: goes into the lease and the audit log.", callback=_reason
    ),
]
AllowRestart = Annotated[
    bool, typer.Option("--allow-restart", help="Permit a restart where a graceful reload cannot apply the change.")
]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept", metavar="ID", help="Let this regression of the preflight pass, or `all`; repeatable, and recorded."
    ),
]
Diffs = Annotated[bool, typer.Option("--diff/--no-diff", help="Show the differences of file contents.")]


def _duration(text: str) -> float:
    from safedeploy.adapters.settings.durations import seconds

    try:
        return seconds(float(text) if text.replace(".", "", 1).isdigit() else text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Wait = Annotated[
    float | None,
    typer.Option(
        "--wait",
        metavar="DURATION",
        parser=_duration,
        help="While another run works on a host, wait at most this long (90s, 5m), then give up with exit code 5.",
    ),
]
VaultFiles = Annotated[
    list[str] | None,
    typer.Option("--vault-password-file", metavar="FILE", help="Ansible vault password (file or program); repeatable."),
]
VaultIds = Annotated[
    list[str] | None, typer.Option("--vault-id", metavar="LABEL@SOURCE", help="Ansible vault identity; repeatable.")
]
AskVault = Annotated[bool, typer.Option("--ask-vault-pass", "-J", help="Ask for the Ansible vault password.")]


def project_directory(given: Path | None) -> Path:
    """The project: --project, else SAFEDEPLOY_PROJECT, else the nearest folder upwards with a safedeploy.yml."""
    if given is not None:
        return given
    if value := os.environ.get("SAFEDEPLOY_PROJECT"):
        return Path(value)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "safedeploy.yml").is_file()), here)
