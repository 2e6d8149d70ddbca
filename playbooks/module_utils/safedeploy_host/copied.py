"""A copy of the server root with the candidate in it, for machines without namespaces. Says what it cannot show."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from .laying import lay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    Json = dict[str, Any]

_TEXT = 1024 * 1024


@contextlib.contextmanager
def tree(site: Json, entries: Mapping[str, Json], content: Mapping[str, bytes]) -> Iterator[tuple[Json, list[str]]]:
    """A site whose httpd commands read the copy, and the limits of that. The copy is removed at the end."""
    place = tempfile.mkdtemp(prefix="safedeploy-")
    try:
        yield _make(site, entries, content, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _make(site: Json, entries: Mapping[str, Json], content: Mapping[str, bytes], place: str) -> tuple[Json, list[str]]:
    root = site["server_root"].rstrip("/")
    unreadable: list[str] = []
    _copy(Path(root), Path(place + root), unreadable)
    below = {path: entry for path, entry in entries.items() if path.startswith(root + "/")}
    lay(below, content, place)
    _point_at_copy(Path(place + root), root, place)
    limits = [f"not readable, so not in the copy: {path}" for path in unreadable]
    limits += [f"outside of the server root, so not in the copy: {path}" for path in sorted(set(entries) - set(below))]
    main = site["httpd"]["main_config"]
    main = place + main if main.startswith(root + "/") else main
    httpd = {
        **site["httpd"],
        "main_config": main,
        "control": [*site["httpd"]["control"], "-d", place + root, "-f", main],
        # Debian's control program reads its envvars from here.
        "env": {**site["httpd"].get("env", {}), "APACHE_CONFDIR": place + root},
        "test": ["-t"],
    }
    return {**site, "server_root": place + root, "httpd": httpd, "copied_to": place}, limits


def _copy(source: Path, target: Path, unreadable: list[str]) -> None:
    def copy_file(there: str, here: str, *, follow_symlinks: bool = True) -> str:
        try:
            return str(shutil.copy2(there, here, follow_symlinks=follow_symlinks))
        except PermissionError:
            unreadable.append(there)
            return here

    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target, symlinks=True, copy_function=copy_file, ignore=_special)


def _special(directory: str, names: list[str]) -> list[str]:
    """The names that are neither file, directory nor link: a socket or fifo must not be opened."""
    places = [(name, Path(directory, name)) for name in names]
    return [name for name, path in places if not (path.is_symlink() or path.is_file() or path.is_dir())]


def _point_at_copy(copy: Path, root: str, place: str) -> None:
    """Replace the server root's own path in texts and links by the copy's, and keep links out of the root working."""
    root_name = re.compile(rb"(?<![\w.-])" + re.escape(root.encode()) + rb"(?![\w.-])")
    for path in copy.rglob("*"):
        if path.is_symlink():
            target = os.readlink(path)
            original = os.path.normpath(os.path.join(str(path.parent)[len(place) :], target))
            inside = original == root or original.startswith(root + "/")
            path.unlink()
            path.symlink_to(place + original if inside else original)
        elif path.is_file() and path.stat().st_size <= _TEXT and os.access(path, os.R_OK):
            data = path.read_bytes()
            if b"\0" not in data and root_name.search(data):
                path.chmod(path.stat().st_mode | 0o200)
                path.write_bytes(root_name.sub((place + root).encode(), data))
