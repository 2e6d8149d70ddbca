"""URL paths written where a path of the file system is meant, and the other way round."""

from __future__ import annotations

import os

from .. import regexes
from ..nodes import named, value, virtual_host, walk
from ..raised import Raised
from ..servers import servers
from .patterns import pattern_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..host import Host

    Json = dict[str, Any]

_WILD = "*?["


def directory_is_a_url(effective: Json, host: Host) -> Iterator[Raised]:
    """<Directory> or <DirectoryMatch> for a path that does not exist, but would below a document root."""
    served = served_directories(effective)
    for scope, node in named(effective["tree"], "directory", "directorymatch"):
        pattern = pattern_of(node)
        path = regexes.literal_start(pattern) if pattern else (node["args"] or [""])[0]
        if not path.startswith("/") or path == "/":
            continue
        if pattern:
            wrong = not any(_holds(path, one) or one.startswith(path) or _holds(one, path) for one in served)
            wrong = wrong and not _some_match(pattern, path, host)
        else:
            plain = not any(sign in path for sign in _WILD)
            ours = virtual_host(scope)
            roots = [ours["children"]] if ours else [server.inside for server in servers(effective)]
            wrong = plain and not host.exists(path) and any(host.is_directory(root + path) for root in _roots(roots))
        if wrong and served:
            yield Raised(
                "section-never-matches",
                f"Nothing here begins with {path}: <Directory> takes paths of the file system, not of URLs, so these"
                " lines have no effect",
                node=node,
                scope=scope,
                remedy="Write the path of the directory, or leave out the `^` of a pattern, or use <Location>",
            )


def location_is_a_file(effective: Json, host: Host) -> Iterator[Raised]:
    """<Location> with the path of a directory that is served under another URL."""
    for scope, node in named(effective["tree"], "location"):
        path = node["args"][0] if len(node["args"]) == 1 else ""
        deep = path.startswith("/") and path.rstrip("/").count("/") > 1
        if deep and any(_holds(one, path) for one in served_directories(effective)) and host.is_directory(path):
            yield Raised(
                "section-never-matches",
                f"{path} is a directory: <Location> takes the path of a URL, so these lines have no effect",
                node=node,
                scope=scope,
                remedy="Use <Directory> for it, or write the path of the URL",
            )


def alias_without_slash(effective: Json, host: Host) -> Iterator[Raised]:
    """`Alias /x/ /directory`: what follows /x/ is put right behind `directory`, without a slash between them."""
    for scope, node in named(effective["tree"], "alias", "scriptalias"):
        words = node["args"]
        if len(words) == 2 and words[0].endswith("/") and not words[1].endswith("/") and host.is_directory(words[1]):
            yield Raised(
                "alias-slash",
                f"{words[0]} ends with a slash and {words[1]} does not: {words[0]}page is looked for as {words[1]}page",
                node=node,
                scope=scope,
                remedy=f"Write {words[1]}/",
            )


def served_directories(effective: Json) -> list[str]:
    """The directories that URLs lead to."""
    found = []
    for _, node in walk(effective["tree"]):
        if node["name"] == "documentroot":
            found += node["args"][:1]
        elif node["name"] in ("alias", "scriptalias"):
            found += node["args"][-1:]
    main = effective["run"].get("Main DocumentRoot")
    return [path for path in dict.fromkeys([*found, *([main] if main else [])]) if path.startswith("/")]


def _roots(servers_inside: list[list[Json]]) -> set[str]:
    nodes = [value(inside, "documentroot") for inside in servers_inside]
    return {node["args"][0] for node in nodes if node and node["args"]}


def _holds(directory: str, path: str) -> bool:
    return (path.rstrip("/") + "/").startswith(directory.rstrip("/") + "/")


def _some_match(pattern: str, start: str, host: Host) -> bool:
    """Whether a path that begins with the literal `start` of a pattern exists, and can match as far as that goes."""
    directory, part = os.path.split(start)
    names = [name for name in host.names_in(directory) if name.startswith(part)]
    whole = regexes.compiled(pattern)
    if whole is None or "/" in pattern[len(start) :].replace("(/|$)", ""):
        return bool(names)
    return any(whole.search(os.path.join(directory, name) + end) for name in names for end in ("", "/"))
