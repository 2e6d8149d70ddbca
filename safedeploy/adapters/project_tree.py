"""The files of a project on this machine: a copy to try changes in, and changes that happen wholly or not at all.

Nothing that is there is overwritten: a new file in the place of another is an error before anything is done.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from safedeploy.core.errors import ExitCode, SafedeployError

STAGE = ".safedeploy-adopt-"
ENDINGS = ("", ".yml", ".yaml", ".json")
VARIABLES = ("group_vars", "host_vars")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is to become of a project; paths are relative to it. `modes` are those of new files that are not just 0644.

    `moved` is from where to where, before anything is written. `replaced` are files whose content is known to be worth
    nothing: what they must have been, and what they become.
    """

    new: Mapping[str, bytes] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, tuple[bytes, bytes]] = field(default_factory=dict)
    modes: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.new or self.moved or self.replaced)


@contextlib.contextmanager
def mirror(project: Path, inventory: str, templates: str) -> Iterator[Path]:
    """A private directory that looks like the project; its inventory is a copy, all else are links to the real files.

    It lies beside the project where that can be, so that `../` means the same in both.
    """
    parent = project.absolute().parent
    place = str(parent) if os.access(parent, os.W_OK | os.X_OK) else None
    with tempfile.TemporaryDirectory(prefix=STAGE, dir=place) as name:
        target = Path(name)
        if project.is_dir():
            _mirror(project, target, inventory.split("/"), {"files", templates.split("/", maxsplit=1)[0]})
        yield target


def _mirror(source: Path, target: Path, copied: list[str], real: set[str]) -> None:
    for child in source.iterdir():
        if child.name.startswith(STAGE):
            continue
        if child.name == copied[0] and child.is_dir():
            if len(copied) == 1:
                shutil.copytree(child, target / child.name)
            else:
                (target / child.name).mkdir()
                _mirror(child, target / child.name, copied[1:], set())
        elif child.name in real and child.is_dir():
            shutil.copytree(child, target / child.name, copy_function=_link, symlinks=True)
        else:
            (target / child.name).symlink_to(child.absolute())


def _link(source: str, target: str) -> None:
    Path(target).symlink_to(Path(source).absolute())


def variable_file(inventory: Path, kind: str, owner: str, name: str) -> tuple[str, dict[str, str]]:
    """Where a new file with variables of a group or host goes, relative to the inventory, and what must move for it.

    Ansible reads a file of that name or a directory, and not both: a file becomes one of the directory.
    """
    directory = inventory / kind / owner
    new = f"{kind}/{owner}/{name}"
    if directory.is_dir():
        return new, {}
    for ending in ENDINGS:
        if (inventory / kind / f"{owner}{ending}").is_file():
            return new, {f"{kind}/{owner}{ending}": f"{kind}/{owner}/main{ending or '.yml'}"}
    return new, {}


def inventory_files(source: Path, place: str) -> Change:
    """An inventory from elsewhere, as new files of a project below `place`, with the modes that they have.

    Raises SafedeployError: `inventory-not-found`, `adopt-cannot-read`.
    """
    if source.is_dir():
        top, paths = source, sorted(source.rglob("*"))
    elif source.is_file():
        top = source.parent
        paths = [source, *(path for kind in VARIABLES for path in sorted((top / kind).rglob("*")))]
    else:
        raise SafedeployError(
            "inventory-not-found",
            f"--inventory: {source} does not exist",
            next_step="Name an inventory file, or a directory with one.",
            exit_code=ExitCode.USAGE,
        )
    files = [path for path in paths if path.is_file() and ".git" not in path.relative_to(top).parts]
    names = {path: f"{place}/{path.relative_to(top).as_posix()}" for path in files}
    try:
        return Change(
            new={name: path.read_bytes() for path, name in names.items()},
            modes={name: stat.S_IMODE(path.stat().st_mode) for path, name in names.items()},
        )
    except OSError as error:
        raise SafedeployError(
            "adopt-cannot-read",
            f"--inventory: {error.filename}: {error.strerror}",
            next_step="Make it readable, or name another inventory.",
        ) from error


def names_below(directory: Path) -> frozenset[str]:
    """Every file below a directory, relative to it."""
    return frozenset(path.relative_to(directory).as_posix() for path in directory.rglob("*") if not path.is_dir())


def apply(project: Path, change: Change) -> None:
    """Make a change, wholly or not at all; a project that does not exist yet is made.

    Raises SafedeployError: `adopt-would-overwrite`, `adopt-cannot-write`.
    """
    _refuse_overwriting(project, change)
    undo: list[tuple[Path, Path | None]] = []
    try:
        project.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=STAGE, dir=project) as name:
            try:
                _apply(project, change, Path(name), undo)
            except BaseException:
                _undo(undo)
                raise
    except OSError as error:
        raise SafedeployError(
            "adopt-cannot-write",
            f"{error.filename or project}: {error.strerror or error}",
            next_step="Correct what is named, or name another directory; the project is as it was before.",
        ) from error


def _refuse_overwriting(project: Path, change: Change) -> None:
    gone = set(change.moved)
    there = [name for name in [*change.new, *change.moved.values()] if name not in gone and _exists(project / name)]
    origin = {after: before for before, after in change.moved.items()}
    other = [name for name, (old, _) in change.replaced.items() if not _holds(project / origin.get(name, name), old)]
    if there or other:
        raise SafedeployError(
            "adopt-would-overwrite",
            "these files are in the project already, and are never overwritten:\n"
            + "\n".join(f"  {name}" for name in sorted({*there, *other})),
            next_step="Move them away, or adopt into another directory, then run it again.",
        )


def _apply(project: Path, change: Change, stage: Path, undo: list[tuple[Path, Path | None]]) -> None:
    """Stage all contents, then rename. Declarations come last: until then nothing refers to what is new."""
    staged: dict[str, Path] = {}
    contents = {**change.new, **{name: after for name, (_, after) in change.replaced.items()}}
    for number, name in enumerate(sorted(contents, key=lambda name: ("_vars/" in name, name))):
        staged[name] = stage / str(number)
        staged[name].write_bytes(contents[name])
        staged[name].chmod(change.modes.get(name, 0o644))
    for before, after in change.moved.items():
        aside = stage / f"moved-{len(undo)}"
        _rename(project / before, aside, undo)
        _make_parents(project / after, undo)
        _rename(aside, project / after, undo)
    for name, path in staged.items():
        target = project / name
        _make_parents(target, undo)
        if name in change.replaced:
            _rename(target, stage / f"replaced-{len(undo)}", undo)
        _rename(path, target, undo)


def _rename(source: Path, target: Path, undo: list[tuple[Path, Path | None]]) -> None:
    source.rename(target)
    undo.append((target, source))


def _make_parents(path: Path, undo: list[tuple[Path, Path | None]]) -> None:
    missing = [parent for parent in path.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir()
        undo.append((parent, None))


def _undo(done: list[tuple[Path, Path | None]]) -> None:
    """Take back what was done, the last first; a directory that was made goes."""
    for path, before in reversed(done):
        with contextlib.suppress(OSError):
            if before is None:
                path.rmdir()
            else:
                path.rename(before)


def _exists(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False
