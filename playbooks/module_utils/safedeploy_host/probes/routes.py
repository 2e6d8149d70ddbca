"""The URL paths that a virtual host says something about: aliases, redirects, rewrites, locations, proxied prefixes.

Pure. A regular expression is asked for by a text that it matches (examples.py).
"""

from __future__ import annotations

import re

from ..later import regex
from . import examples, nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator

    Json = dict[str, Any]

# Names that exist nowhere. Fixed, so that the same question has the same name in the next push.
NOWHERE = "safedeploy-no-such-page"
_STATUS = regex(r"^(?:permanent|temp|seeother|gone|\d{3})$", re.IGNORECASE)
_WILD = regex(r"[*?\[]")
_DIRECTORY_SECTIONS = ("directory", "directorymatch", "files", "filesmatch")


class Route:
    """One path, why it is asked for, and where the configuration says so.

    `below` is whether paths below it belong to it. `directory` is what an alias points to, `script` that it holds
    scripts. `base` is the directory that the path is below of, for a rule inside a <Directory>; else empty.
    """

    def __init__(self, why: str, path: str, node: Json) -> None:
        self.why = why
        self.path = path if path.startswith("/") else f"/{path}"
        self.place = nodes.place(node)
        self.below = False
        self.directory = ""
        self.script = False
        self.base = ""


def routes(inside: Iterable[tuple[nodes.Around, Json]]) -> list[Route]:
    """The routes of a virtual host's nodes, or of the main server's, in their order, each path once for each reason."""
    found: dict[tuple[str, str], Route] = {}
    for around, node in inside:
        reader = _READERS.get(node["name"])
        if reader is None or not node.get("args"):
            continue
        for route in reader(node, around):
            found.setdefault((route.why, route.path), route)
    return list(found.values())


def located(around: Iterable[Json]) -> str | None:
    """The path of the <Location> around a directive; None when there is none, or no path is known that it matches."""
    location = nodes.section(tuple(around), "location", "locationmatch")
    return next(iter(_location_paths(location)), None) if location else None


def _location_paths(node: Json) -> list[str]:
    text = nodes.argument(node)
    if nodes.is_regex(node):
        return examples.examples(text)
    return [_WILD.sub("x", text.replace("]", ""))]


def _alias(node: Json, around: nodes.Around) -> Iterator[Route]:
    args = [str(arg) for arg in node["args"]]
    path = located(around) if len(args) == 1 else args[0]
    if path is None:
        return
    script = node["name"].startswith("script")
    if node["name"].endswith("match"):
        prefix = examples.literal_prefix(args[0])
        for example in [prefix] if prefix.endswith("/") and prefix != "/" else examples.examples(args[0], 2):
            yield Route("alias", example, node)
        return
    route = Route("alias", path, node)
    route.below = True
    route.directory = args[-1] if args[-1].startswith("/") else ""
    route.script = script
    yield route


def _redirect(node: Json, around: nodes.Around) -> Iterator[Route]:
    args = [str(arg) for arg in node["args"]]
    if _STATUS.match(args[0]):
        args = args[1:]
    if node["name"] == "redirectmatch":
        for example in examples.examples(args[0], 2) if args and not _anything(args[0]) else ():
            yield Route("alias", example, node)
    elif args and args[0].startswith("/"):
        route = Route("alias", args[0], node)
        route.below = True
        yield route
    else:
        path = located(around)
        if path:
            yield Route("alias", path, node)


def _proxied(node: Json, around: nodes.Around) -> Iterator[Route]:
    args = [str(arg) for arg in node["args"]]
    inside = located(around)
    if inside is not None:
        paths = [inside]
    elif node["name"] == "proxypassmatch":
        prefix = examples.literal_prefix(args[0])
        paths = [*([prefix] if prefix.endswith("/") else []), *examples.examples(args[0], 2)]
    else:
        paths = args[:1]
    for path in paths:
        route = Route("proxied", path, node)
        # An exclusion says that what is below belongs to somebody else, who is asked for it.
        route.below = node["name"] == "proxypass" and args[-1] != "!"
        yield route


def _rewritten(node: Json, around: nodes.Around) -> Iterator[Route]:
    pattern, target = (str(arg) for arg in (*node["args"], "", "")[:2])
    flags = str(node["args"][2]).strip("[]").split(",") if len(node["args"]) > 2 else []
    # What matches anything is seen by what is asked anyway.
    if pattern.startswith("!") or _anything(pattern):
        return
    why = "proxied" if any(flag.strip().lower() in ("p", "proxy") for flag in flags) else "location"
    directory = nodes.section(around, *_DIRECTORY_SECTIONS)
    base = nodes.argument(directory) if directory and directory["name"] == "directory" else ""
    for example in examples.examples(pattern, 1 if target == "-" else 2):
        route = Route(why, _anywhere(example), node)
        route.base = base
        yield route


def _location(node: Json, _around: nodes.Around) -> Iterator[Route]:
    handler = nodes.value(node.get("children") or [], "sethandler")
    proxied = handler and str((handler["args"] or [""])[0]).startswith("proxy:")
    for path in _location_paths(node)[:3]:
        route = Route("proxied" if proxied else "location", path, node)
        route.below = not nodes.is_regex(node)
        yield route


def _anything(pattern: str) -> bool:
    try:
        return any(re.search(pattern, text) for text in (f"/{NOWHERE}", NOWHERE))
    except (re.error, RecursionError):
        return True


def _anywhere(example: str) -> str:
    """A path for a text that may stand anywhere in one."""
    return f"/{NOWHERE}{example}" if example.startswith(".") else example


_READERS: dict[str, Callable[[Json, nodes.Around], Iterator[Route]]] = {
    "alias": _alias,
    "aliasmatch": _alias,
    "scriptalias": _alias,
    "scriptaliasmatch": _alias,
    "redirect": _redirect,
    "redirectpermanent": _redirect,
    "redirecttemp": _redirect,
    "redirectmatch": _redirect,
    "proxypass": _proxied,
    "proxypassmatch": _proxied,
    "rewriterule": _rewritten,
    "location": _location,
    "locationmatch": _location,
}
