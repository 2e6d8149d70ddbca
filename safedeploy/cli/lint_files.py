"""`safedeploy lint` of directories and files: what is found, and what --fix makes of it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from safedeploy.adapters import config_files, settings
from safedeploy.cli import screen
from safedeploy.cli.lint_reports import Reports
from safedeploy.cli.lint_target import Paths
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.lint_choice import LintFailure, LintProfile
from safedeploy.core.policy import Lint
from safedeploy.lint.syntax.lines import decode
from safedeploy.workflows import lint_files as workflow
from safedeploy.workflows.lint import require_clean
from safedeploy.workflows.lint_files import Linted
from safedeploy.workflows.lint_source import sources


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How it was asked for. `fix` writes corrections, `diff` shows them."""

    profile: LintProfile | None = None
    fail_on: LintFailure | None = None
    fix: bool = False
    diff: bool = False


def run(project: Path, target: Paths, wish: Wish, reports: Reports) -> None:
    """Lint, correct, report; exits as the findings say that are left."""
    wanted = _settings(project, wish)
    found = [workflow.lint(source, wanted) for source in sources(target.paths)]
    if wish.fix or wish.diff:
        found = _corrected(found, wanted, wish, quiet=reports.as_json)
    outcome = workflow.outcome(found, _shown(target.paths))
    fail_on = wish.fail_on or wanted.fail_on
    reports.give(outcome, fail_on)
    require_clean(outcome, fail_on, again=f"safedeploy lint {' '.join(str(path) for path in target.paths)}")


def refuse_fix(*, fix: bool) -> None:
    """Raise SafedeployError where corrections are asked for that have no file to go to."""
    if fix:
        raise SafedeployError(
            "fix-needs-files",
            "--fix and --diff correct files, and what an environment's templates give is no file of its own",
            next_step="Correct the template's line that a finding names, or give directories or files to --fix.",
            exit_code=ExitCode.USAGE,
        )


def _settings(project: Path, wish: Wish) -> Lint:
    """Those of the project's defaults, where there is a project."""
    there = (project / settings.FILE_NAME).is_file()
    found = settings.load(project).lint if there else Lint()
    return found if wish.profile is None else replace(found, profile=wish.profile)


def _corrected(found: list[Linted], wanted: Lint, wish: Wish, *, quiet: bool) -> list[Linted]:
    """The findings that are left; where nothing is written they are the same as before."""
    changed: dict[Path, tuple[bytes, bytes]] = {}
    done = kept = 0
    for linted in found:
        for fixed in workflow.fixed(linted, wanted):
            done, kept = done + len(fixed.done), kept + len(fixed.kept)
            for path, content in fixed.changed.items():
                local = linted.source.local(path)
                if local is not None:
                    changed.setdefault(local, (linted.files.contents[path], content))
    console = screen.err() if quiet else screen.out()
    if wish.diff:
        for local, (before, after) in changed.items():
            lines = difflib.unified_diff(
                decode(before).splitlines(), decode(after).splitlines(), str(local), str(local), lineterm=""
            )
            for line in lines:
                screen.say(console, line, {"+": "green", "-": "red"}.get(line[:1], ""))
    if not wish.fix:
        screen.say(screen.err(), f"--fix would correct {_times(done)} in {_files(len(changed))}")
        return found
    config_files.write(
        {local: content for local, (_, content) in changed.items()},
        {local: before for local, (before, _) in changed.items()},
    )
    left = f"; {_times(kept)} could not be corrected without changing something else" if kept else ""
    screen.say(screen.err(), f"corrected {_times(done)} in {_files(len(changed))}{left}")
    return [workflow.lint(linted.source, wanted) for linted in found] if changed else found


def _times(number: int) -> str:
    return f"{number} finding{'' if number == 1 else 's'}"


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"


class _Shown:
    """Paths as the person named them: below a directory that was named, or from here."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._named = [(path.absolute(), path) for path in paths]
        self._here = Path.cwd()

    def __call__(self, local: Path) -> str:
        for absolute, path in self._named:
            if local.is_relative_to(absolute):
                return str(path / local.relative_to(absolute))
        return str(local.relative_to(self._here)) if local.is_relative_to(self._here) else str(local)


def _shown(paths: Sequence[Path]) -> _Shown:
    return _Shown(paths)
