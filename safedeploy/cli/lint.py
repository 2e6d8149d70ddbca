"""`safedeploy lint`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from safedeploy.cli.failure import reported
from safedeploy.cli.invocation import Invocation, vault_options
from safedeploy.cli.options import AskVault, Globals, Json, Junit, Limit, VaultFiles, VaultIds
from safedeploy.core.lint_choice import LintFailure, LintProfile

if TYPE_CHECKING:
    from safedeploy.lint.outcome import Outcome

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TARGET",
        help="An environment, httpd's directory such as /etc/apache2, or files (default: the only environment).",
    ),
]


@reported
def lint(
    context: typer.Context,
    targets: Targets = None,
    *,
    limit: Limit = None,
    profile: Annotated[
        LintProfile | None, typer.Option("--profile", help="Which rules are on, in place of the setting.")
    ] = None,
    fail_on: Annotated[
        LintFailure | None,
        typer.Option("--fail-on", help="From which severity on to exit with 4, in place of the setting."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="The same as --fail-on warning.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Correct what needs no decision; directories and files only.")
    ] = False,
    show_diff: Annotated[
        bool, typer.Option("--diff", help="Show what --fix corrects; without --fix nothing is written.")
    ] = False,
    as_json: Json = False,
    sarif: Annotated[Path | None, typer.Option("--sarif", metavar="FILE", help="Write a SARIF log.")] = None,
    github: Annotated[bool, typer.Option("--github", help="Annotate the change (a job of GitHub Actions).")] = False,
    junit: Junit = None,
    vault_password_file: VaultFiles = None,
    vault_id: VaultIds = None,
    ask_vault_pass: AskVault = False,
) -> None:
    """Find mistakes in httpd's configuration, without a host.

    Of an environment what would be rendered for each host, with the template and its line; or a directory such as
    /etc/apache2, or single files. `safedeploy rules` lists what is looked for, `safedeploy explain RULE` tells why.
    Exits with 4 when there is an error.
    """
    from safedeploy.cli import lint_files, lint_reports
    from safedeploy.cli.lint_target import Environment, target_of

    settings: Globals = context.obj
    wanted = LintFailure.WARNING if strict else fail_on
    reports = lint_reports.Reports(as_json=as_json, sarif=sarif, github=github, junit=junit)
    target = target_of(settings.project, targets or [])
    if not isinstance(target, Environment):
        lint_files.run(
            settings.project, target, lint_files.Wish(profile=profile, fail_on=wanted, fix=fix, diff=show_diff), reports
        )
        return
    lint_files.refuse_fix(fix=fix or show_diff)
    vault = vault_options(vault_password_file, vault_id, ask=ask_vault_pass)
    with Invocation(context, target.name, limit, vault) as (session, progress):
        from dataclasses import replace

        from safedeploy.workflows import lint as workflow
        from safedeploy.workflows import rendering

        desired = rendering.render(session)
        lint_settings = session.policy.lint if profile is None else replace(session.policy.lint, profile=profile)
        outcome: Outcome = workflow.lint(session, desired, lint_settings)
        progress.pause()
        reports.give(outcome, wanted or lint_settings.fail_on)
        session.conclude(reports.document(outcome))
        workflow.require_clean(outcome, wanted or lint_settings.fail_on, again=f"safedeploy lint {target.name}")
