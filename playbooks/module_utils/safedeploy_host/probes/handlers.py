"""Which files are scripts: run, or given to another program, instead of sent. Pure, but for a file's mode.

A script is never asked for on its own account; a push that brings one asks for it.
"""

from __future__ import annotations

import functools
import os
import re

from . import examples, nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from .places import Place
    from .site_map import Content, Host

    Json = dict[str, Any]

# Names that are scripts whatever a configuration says of them.
KNOWN = {
    ".php": "php", ".phtml": "php", ".php5": "php", ".php7": "php", ".phar": "php",
    ".cgi": "cgi-script", ".fcgi": "cgi-script", ".pl": "cgi-script", ".py": "cgi-script", ".rb": "cgi-script",
    ".sh": "cgi-script", ".lua": "lua-script", ".jsp": "jsp", ".do": "jsp", ".asp": "asp", ".aspx": "asp",
}  # fmt: skip
_PLAIN = ("type-map", "send-as-is", "default-handler", "none", "server-status", "server-info", "imap-file")
_RUN = re.compile(r"php|cgi|lua|proxy:|perl|python|wsgi|passenger|script", re.IGNORECASE)


def extensions(place: Place) -> dict[str, str]:
    """The extensions that either side gives to a handler here, with that handler, and those of KNOWN."""
    found = dict(KNOWN)
    for _, host in place.hosts:
        found.update(mapped(host))
    return found


@functools.lru_cache(maxsize=1024)
def mapped(host: Host) -> dict[str, str]:
    """What a virtual host gives to a handler that runs it, by extension: {".php": "proxy:unix:..."}.

    A directory in which everything is run is there with its path and a slash at the end.
    """
    found: dict[str, str] = {}
    for around, node in host.inside:
        if not node["args"]:
            continue
        handler = str(node["args"][0])
        if node["name"] in ("addhandler", "addtype") and _runs(handler):
            found.update({_dotted(str(one)): handler for one in node["args"][1:]})
        elif node["name"] in ("sethandler", "forcetype") and _runs(handler):
            directory = nodes.section(around, "directory")
            whole = [_whole(directory)] if directory and not nodes.section(around, "files", "filesmatch") else []
            found.update(dict.fromkeys([*whole, *_of_files(around)], handler))
        elif node["name"] == "proxypassmatch" and node["args"][1:2] != ["!"]:
            found.update(dict.fromkeys(_endings(handler), str(node["args"][-1])))
    return found


def included(host: Host) -> list[str]:
    """The extensions whose files are read for server-side includes."""
    found = []
    for _, node in host.inside:
        args = [str(arg) for arg in node["args"]]
        filters = [one.lower() for one in args[0].split(";")] if args else []
        if node["name"] in ("addoutputfilter", "addhandler") and {"includes", "server-parsed"} & set(filters):
            found += [_dotted(one) for one in args[1:]]
    return found


def given_away(host: Host) -> list[str]:
    """The extensions that are run by another server."""
    run = mapped(host).items()
    return [name for name, handler in run if name.startswith(".") and ("://" in handler or "unix:" in handler)]


def is_script(path: str, content: Content, scripts: Mapping[str, str]) -> bool:
    """Whether asking for the file may run it; any of its extensions counts, as it does for mod_mime."""
    if content.script:
        return True
    parts = os.path.basename(path).lower().split(".")[1:]
    below = (key for key in scripts if key.startswith("/"))
    return any(f".{part}" in scripts for part in parts) or any(path.startswith(key) for key in below)


def _runs(handler: str) -> bool:
    return handler.lower() not in _PLAIN and _RUN.search(handler) is not None


def _dotted(text: str) -> str:
    return "." + text.lower().lstrip(".")


def _whole(directory: Json) -> str:
    return os.path.normpath(nodes.argument(directory)) + "/"


def _of_files(around: nodes.Around) -> Iterator[str]:
    section = nodes.section(around, "files", "filesmatch")
    if section:
        yield from _endings(nodes.argument(section))


def _endings(pattern: str) -> Iterator[str]:
    """The extensions of what a pattern or a wildcard matches."""
    texts = examples.examples(pattern) or [pattern.replace("*", "a")]
    for text in texts:
        extension = os.path.splitext("a" + text.rstrip("/"))[1].lower()
        if re.match(r"^\.[a-z0-9]{1,8}$", extension):
            yield extension
