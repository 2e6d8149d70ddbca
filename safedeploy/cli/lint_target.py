"""What `safedeploy lint` was asked to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.nearest import suggestion


@dataclass(frozen=True, kw_only=True)
class Environment:
    """An environment of the project, by its name."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Directories and files here, as they were named."""

    paths: tuple[Path, ...]


def target_of(project: Path, targets: list[str]) -> Environment | Paths:
    """One environment, or paths. An environment goes before a path of its name: that is written with ./ before it.

    Raises SafedeployError when it is neither, or when nothing is named and it is not clear what is meant.
    """
    known = _environments(project)
    if not targets:
        if len(known) == 1:
            return Environment(name=known[0])
        raise _unclear(
            "nothing was named" if known else f"nothing was named, and {project} has no environment",
            f"Name an environment ({', '.join(known)}), a directory or files."
            if known
            else "Name a directory or files.",
        )
    if len(targets) == 1 and targets[0] in known:
        return Environment(name=targets[0])
    paths = tuple(Path(target) for target in targets)
    missing = next((target for target, path in zip(targets, paths, strict=True) if not path.exists()), None)
    if missing is not None:
        if missing in known:
            raise _unclear(f"{missing} is an environment, and other things were named beside it", "Lint one at a time.")
        near = f"; {suggestion(missing, known)}" if known and "/" not in missing else ""
        raise _unclear(f"there is neither an environment nor a file '{missing}'{near}", "Correct the name.")
    return Paths(paths=paths)


def _environments(project: Path) -> tuple[str, ...]:
    """The environments of the project; none where there is no project. What is wrong with it is told by `lint ENV`."""
    from safedeploy.adapters import settings

    if not (project / settings.FILE_NAME).is_file():
        return ()
    try:
        return settings.load(project).environments
    except SafedeployError as error:
        if error.code == "settings-missing":
            return ()
        raise


def _unclear(what: str, next_step: str) -> SafedeployError:
    return SafedeployError("lint-nothing", what, next_step=next_step, exit_code=ExitCode.USAGE)
