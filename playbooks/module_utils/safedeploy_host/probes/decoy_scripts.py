"""Decoy scripts: harmless ones that a server runs, and whose source holds a mark that only disclosure would return."""

from __future__ import annotations

import os

from . import handlers
from .places import LIVE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .places import Place
    from .site_map import Content

_SHELL = "#!/bin/sh\n# {mark}\nprintf 'Content-Type: text/plain\\r\\n\\r\\nok\\n'\n"
_PHP = "<?php // {mark}\necho 'ok';\n"
_LUA = "-- {mark}\nfunction handle(r)\n  r:puts('ok')\n  return 0\nend\n"
_INCLUDES = '<!--#set var="mark" value="{mark}" -->ok\n'
_MOST = 4


def scripts(place: Place, content: Content, nonce: str) -> Iterator[tuple[str, str]]:
    """Name and content of a script for each extension that the live configuration runs in this directory."""
    found: dict[str, str] = {}
    directory = os.path.normpath(content.directory)
    for side, host in place.hosts:
        inside = [one for one in host.contents if os.path.normpath(one.directory) == directory]
        if side != LIVE or not inside:
            continue
        if any(one.script for one in inside):
            found.update(dict.fromkeys((".sh", *_extensions(directory)), "cgi-script"))
        found.update(handlers.mapped(host))
        found.update(dict.fromkeys(handlers.included(host), "server-parsed"))
    for key in [key for key in found if key.startswith("/")]:
        handler = found.pop(key)
        if (directory + "/").startswith(key):
            found.setdefault(".sh", handler)
    for extension, handler in sorted(found.items())[:_MOST]:
        yield f"{nonce}{extension}", _text(handler).format(mark=f"{nonce}-source")


def _text(handler: str) -> str:
    if handler == "server-parsed":
        return _INCLUDES
    if "lua" in handler:
        return _LUA
    return _SHELL if "cgi-script" in handler else _PHP


def _extensions(directory: str) -> list[str]:
    """The extensions of what is in a directory of scripts, two at most."""
    try:
        names = sorted(os.listdir(directory))
    except OSError:
        return []
    return list(dict.fromkeys(os.path.splitext(name)[1].lower() for name in names if not name.startswith(".")))[:2]
