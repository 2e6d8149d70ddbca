"""Questions about files and directories that are there: some of each kind, chosen so that each says something new."""

from __future__ import annotations

import os

from . import handlers
from .question import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from .files import Found
    from .places import Place
    from .site_map import Content

    Json = dict[str, Any]

_LARGEST = 1024 * 1024
_FILES = 12
_DIRECTORIES = 6


def questions(place: Place, content: Content, found: Found, scripts: Mapping[str, str]) -> Iterator[Json]:
    """One file of each extension, then one of each directory, and some directories themselves; never a script."""
    plain = [
        path
        for path in sorted(found.files, key=_nearest)
        if found.files[path] <= _LARGEST
        and not os.path.basename(path).startswith(".")
        and not handlers.is_script(path, content, scripts)
    ]
    extensions: dict[str, str] = {}
    directories: dict[str, str] = {}
    for path in plain:
        extensions.setdefault(os.path.splitext(path)[1].lower(), path)
    for path in plain:
        if os.path.dirname(path) not in map(os.path.dirname, extensions.values()):
            directories.setdefault(os.path.dirname(path), path)
    for number, path in enumerate([*extensions.values(), *directories.values()][:_FILES]):
        yield place.ask("file", quoted(below(content, path)), file=path, rank=min(2, number // 4))
    inner = [one for one in found.directories if one != os.path.normpath(content.directory)]
    for directory in sorted(inner, key=_nearest)[:_DIRECTORIES]:
        yield place.ask("directory", quoted(below(content, directory)).rstrip("/") + "/", rank=1)
    yield from _spellings(place, content, plain, sorted(inner, key=_nearest))


def _spellings(place: Place, content: Content, plain: list[str], inner: list[str]) -> Iterator[Json]:
    """A directory without its slash, by each kind of name; where names are negotiated, a file without its extension."""
    for directory in inner[:1]:
        target = quoted(below(content, directory)).rstrip("/")
        yield place.ask("directory", target, rank=1)
        for alias in [one for one in place.aliases if "*" not in one and "?" not in one][:1]:
            # Which name the redirect leads to is a matter of UseCanonicalName.
            yield place.ask("directory", target, name=alias, rank=1)
    negotiated = any(
        node["name"] == "options" and any("multiviews" in str(arg).lower() for arg in node["args"])
        for _, host in place.hosts
        for _, node in host.inside
    )
    pages = [path for path in plain if path.endswith((".html", ".htm"))]
    for path in pages[:1] if negotiated else ():
        yield place.ask("file", quoted(below(content, os.path.splitext(path)[0])), rank=1)


def _nearest(path: str) -> tuple[int, str]:
    return path.count("/"), path


def below(content: Content, path: str) -> str:
    """The URL path, not quoted, of a file or directory in a content."""
    relative = os.path.relpath(path, os.path.normpath(content.directory))
    return content.prefix.rstrip("/") + "/" + ("" if relative == "." else relative)
