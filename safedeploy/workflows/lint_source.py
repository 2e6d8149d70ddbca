"""What a person names to be linted, recognised: httpd's directory or a copy of it, a host's root, files of either.

Reads nothing but which files are there, and the main file for its ServerRoot.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from safedeploy.adapters import config_files
from safedeploy.core.layouts import LAYOUTS, Layout

_SERVER_ROOT = re.compile(rb'^[ \t]*ServerRoot[ \t]+"?(/[^"\s]*)', re.IGNORECASE | re.MULTILINE)
# What the whole of httpd's directory has beside its main file; a checkout of a part of it lacks these.
_WHOLE = {"debian": ("mods-available", "envvars"), "redhat": ("conf.modules.d", "conf.d")}
HTACCESS = ".htaccess"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One configuration: `directory` lies at `at` on the host, and other paths of the host below `root`, if known.

    `main` is the main file as on the host; None where there is none, and then `only` are files to be read by
    themselves. With a main file `only` are those whose findings are wanted; none: all. `whole`: what the directory
    does not have does not exist.
    """

    directory: Path
    at: str
    layout: str
    main: str | None = None
    root: Path | None = None
    whole: bool = False
    only: frozenset[str] = frozenset()

    def local(self, path: str) -> Path | None:
        """Where a path of the host lies here."""
        if path == self.at or path.startswith(self.at.rstrip("/") + "/"):
            return self.directory / path[len(self.at) :].lstrip("/")
        return None if self.root is None else self.root / path.lstrip("/")

    def on_host(self, local: Path) -> str:
        """Where a file below the directory lies on the host."""
        return f"{self.at.rstrip('/')}/{local.relative_to(self.directory).as_posix()}"


def sources(paths: Sequence[Path]) -> list[Source]:
    """What is named, as configurations; files of one configuration are one source."""
    found: dict[tuple[Path, str | None, str], Source] = {}
    for path in paths:
        for source in _directory(path) if path.is_dir() else [_file(path)]:
            alone = "" if source.main else min(source.only)
            key = (source.directory, source.main, alone)
            found[key] = _both(found[key], source) if key in found else source
    return list(found.values())


def _both(one: Source, other: Source) -> Source:
    """All of a configuration, when that was asked for beside files of it."""
    return replace(one, only=one.only | other.only if one.only and other.only else frozenset())


def _directory(path: Path) -> list[Source]:
    directory = Path(os.path.normpath(path.absolute()))
    found = _server(directory) or _host(directory)
    if found is not None:
        return [found]
    files = [file for file in config_files.tree(directory, str(directory)).contents if _is_configuration(file)]
    return [_alone(Path(file)) for file in sorted(files)]


def _file(path: Path) -> Source:
    file = Path(os.path.normpath(path.absolute()))
    for parent in file.parents:
        source = _server(parent) or _host(parent)
        if source is not None and file.is_relative_to(source.directory):
            on_host = source.on_host(file)
            return source if on_host == source.main else replace(source, only=frozenset({on_host}))
    return _alone(file)


def _alone(file: Path) -> Source:
    return Source(directory=file.parent, at=str(file.parent), layout="debian", only=frozenset({str(file)}))


def _is_configuration(path: str) -> bool:
    return path.endswith((".conf", ".load", f"/{HTACCESS}"))


def _server(directory: Path) -> Source | None:
    """The directory as that of httpd."""
    for name, layout in LAYOUTS.items():
        main = directory / layout.main_config
        if main.is_file():
            at = _told(main) or layout.server_root
            return Source(
                directory=directory,
                at=at,
                layout=name,
                main=f"{at}/{layout.main_config}",
                root=Path("/") if os.path.realpath(directory) == at else None,
                whole=all((directory / beside).exists() for beside in _WHOLE[name]),
            )
    return None


def _host(directory: Path) -> Source | None:
    """The directory as the root of a host's file system."""
    for layout in LAYOUTS.values():
        inside = directory / layout.server_root.lstrip("/")
        found = _server(inside)
        if found is not None and _is_at(found, layout):
            return replace(found, root=directory)
    return None


def _is_at(source: Source, layout: Layout) -> bool:
    return source.at == layout.server_root


def _told(main: Path) -> str | None:
    """The ServerRoot that a main file names."""
    match = _SERVER_ROOT.search(config_files.one(main))
    return match[1].decode("utf-8", "replace").rstrip("/") or None if match else None
