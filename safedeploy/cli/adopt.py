"""`safedeploy adopt`."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import vault_options
from safedeploy.cli.options import AskVault, Environment, Globals, Json, VaultFiles, VaultIds
from safedeploy.core import counted
from safedeploy.core.errors import ExitCode, SafedeployError


@reported
def adopt(
    context: typer.Context,
    environment: Environment,
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The project; made if it does not exist, with --inventory.")
    ] = None,
    *,
    inventory: Annotated[
        Path | None,
        typer.Option("--inventory", "-i", metavar="PATH", help="An Ansible inventory to copy into the project first."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and try out, but write nothing.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Take also what is as the packages of the distribution have it.")
    ] = False,
    htaccess: Annotated[
        bool, typer.Option("--htaccess", help="Take also the .htaccess files below the document roots.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="List also what is left as its package has it.")] = False,
    as_json: Json = False,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Take the configuration that runs on a fleet into a project.

    Reads every host and changes none. What is the same everywhere becomes a file, what differs a little a template with
    variables of the hosts; secrets and keys stay where they are. Then the plan is empty.
    """
    from safedeploy.cli import adopt_view, screen
    from safedeploy.cli.progress import Progress
    from safedeploy.workflows import adopt as workflow
    from safedeploy.workflows.session import Target

    settings: Globals = context.obj
    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    if vault.prompt is not None:  # two sessions ask for the same passwords
        vault = replace(vault, prompt=functools.cache(vault.prompt))
    target = Target(
        project=(directory or settings.project).absolute(),
        environment=environment,
        vault=vault,
        verbosity=settings.verbosity,
    )
    wish = workflow.Wish(inventory=inventory, htaccess=htaccess, everything=everything)
    with Progress() as progress, workflow.adopted(target, progress, wish) as adoption:
        progress.pause()
        if not dry_run:
            workflow.apply(target, adoption)
        if as_json:
            screen.say_json(adopt_view.document(environment, adoption, dry_run=dry_run))
        else:
            adopt_view.show(screen.out(), target, adoption, dry_run=dry_run, full=full)
    if not adoption.empty:
        raise SafedeployError(
            "adopt-not-empty",
            f"a push would still change {counted.hosts(len(adopt_view.differing(adoption)))}:\n"
            + "\n".join(f"  {line}" for line in adopt_view.differences(adoption)),
            state="Nothing was changed on any host. "
            + ("Nothing was written." if dry_run else "The files are written."),
            next_step=f"`safedeploy plan {environment}` shows the differences. Correct what declares these paths, or "
            "adopt once more into a new directory if somebody changed the hosts meanwhile.",
            exit_code=ExitCode.DIFFERENCES,
        )
