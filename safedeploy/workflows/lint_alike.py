"""Which hosts the linter needs to look at once: those whose configurations differ in nothing, or in whose they are.

Hosts are alike when each has its own name or address, and all else is the same byte for byte, at every place where
the other has its own. The two differ in digits alone then, so that no line is longer, and no pattern of letters fits
one and not the other. A configuration that has a host's name in the name of a file is its own.
"""

from __future__ import annotations

import hashlib
import json
import re

from safedeploy.core.host import Host
from safedeploy.core.tree import Kind
from safedeploy.workflows.desired import Desired

_DIGIT = re.compile(r"\d")
_SHORTEST = 4  # shorter names are parts of other words


def likeness(item: Desired, host: Host | None) -> str:
    """The same text for hosts that are alike."""
    site = item.site
    around = [site["httpd"], site["layout"], site["server_root"]]
    own = _own(item, host)
    if not own:
        return json.dumps([item.tree.digest, *around], sort_keys=True)
    wanted = re.compile(b"|".join(re.escape(text.encode()) for text in own), re.IGNORECASE)
    numbers = {text.encode(): b"\0%d\0" % number for number, text in enumerate(own)}
    digests: dict[str, str] = {}
    entries = {}
    for path, entry in item.tree.entries.items():
        told = entry.to_json()
        if entry.kind is Kind.FILE and entry.sha256 is not None:
            if entry.sha256 not in digests:
                content = item.tree.content.get(entry.sha256, b"")
                # In other letters it is another text: marked so, and the same on both then.
                blind = wanted.sub(lambda match: numbers.get(match[0], b"\0%d~\0" % len(match[0])), content)
                same = blind == content
                digests[entry.sha256] = entry.sha256 if same else hashlib.sha256(blind).hexdigest()
            told["sha256"] = digests[entry.sha256]
            told.pop("size")
        entries[path] = told
    shapes = [_DIGIT.sub("0", text) for text in own]
    return json.dumps([entries, *around, shapes], sort_keys=True)


def _own(item: Desired, host: Host | None) -> tuple[str, ...]:
    """The texts of a host that are in its files: the longest first; none where one is in the name of a file too."""
    if host is None:
        return ()
    names = sorted({host.name, host.connection.address}, key=lambda text: (-len(text), text))
    texts = [text for text in names if len(text) >= _SHORTEST and _DIGIT.search(text)]
    lowered = [content.lower() for content in item.tree.content.values()]
    found = tuple(text for text in texts if any(text.lower().encode() in content for content in lowered))
    places = [*item.tree.entries, *(entry.target or "" for entry in item.tree.entries.values())]
    return () if any(text in place for text in found for place in places) else found
