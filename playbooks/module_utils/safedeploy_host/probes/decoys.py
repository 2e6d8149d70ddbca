"""Files that exist in the shadows alone, so that disclosure, listings and refusals are tried without the real content.

They are laid for live and candidate alike, below names that nobody can know; only the difference between the answers
counts. Nothing is laid where a real file is, nor into a directory that does not exist: it would hide that.
"""

from __future__ import annotations

import os
import re

from . import decoy_scripts, examples, nodes
from .contents import is_system
from .paths import ACME
from .question import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .places import Place
    from .site_map import Content, Host

    Json = dict[str, Any]

_PRIVATE = (".git/config", ".env", "{nonce}.php~", "{nonce}.conf.bak")
_DENIED = re.compile(r"all\s+denied|from\s+all", re.IGNORECASE)
_PROTECTED = 3


class Decoys:
    """The decoys of a plan: `files` are those to lay, {path: {"content", "mode"}}; `nonce` is in every name."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce
        self.files: dict[str, Json] = {}

    def questions(self, place: Place) -> Iterator[Json]:
        """What to ask at a place; the files for it are laid meanwhile."""
        protected = sorted({name for _, host in place.hosts for name in _protected(host, self.nonce)})[:_PROTECTED]
        for content in place.contents():
            directory = os.path.normpath(content.directory)
            if not os.path.isdir(directory):
                continue
            system = is_system(directory)
            for name, source in decoy_scripts.scripts(place, content, self.nonce):
                if not system or content.script:
                    yield self._lay(place, content, name, "source", source, mode="0755")
            if content.script or system:
                continue
            yield self.static(place, content)
            yield self._listing(place, content)
            private = [*(name.format(nonce=self.nonce) for name in _PRIVATE), *protected]
            for name in private if content.prefix == "/" else private[:1]:
                if os.path.lexists(os.path.join(directory, name)):
                    # The real one is asked for, and left alone.
                    yield _real(place, content, name)
                else:
                    yield self._lay(place, content, name, "private", f"# {self.nonce}-private\n", mode="0644")
            if content.prefix == "/":
                name = ACME.lstrip("/") + self.nonce
                yield self._lay(place, content, name, "static", f"{self.nonce}-static\n", mode="0644")

    def static(self, place: Place, content: Content) -> Json:
        """A plain file that must be sent as it is."""
        return self._lay(place, content, f"{self.nonce}.txt", "static", f"{self.nonce}-static\n", mode="0644")

    def plain(self, place: Place) -> str | None:
        """The quoted path of such a file at a place; None where none was laid."""
        for content in place.contents():
            path = os.path.join(os.path.normpath(content.directory), f"{self.nonce}.txt")
            if path in self.files:
                return quoted(f"{content.prefix.rstrip('/')}/{self.nonce}.txt")
        return None

    def _listing(self, place: Place, content: Content) -> Json:
        name = f"{self.nonce}.d"
        self._lay(place, content, f"{name}/{self.nonce}-entry.txt", "static", f"{self.nonce}\n", mode="0644")
        target = quoted(f"{content.prefix.rstrip('/')}/{name}/")
        return place.ask("decoy", target, kind="listing", marker=f"{self.nonce}-entry", follow=False)

    def _lay(self, place: Place, content: Content, name: str, kind: str, text: str, *, mode: str) -> Json:
        path = os.path.join(os.path.normpath(content.directory), name)
        self.files[path] = {"content": text, "mode": mode}
        target = quoted(f"{content.prefix.rstrip('/')}/{name}")
        marker = f"{self.nonce}-{kind}"
        return place.ask("decoy", target, kind=kind, marker=marker, file=path, follow=False)


def _real(place: Place, content: Content, name: str) -> Json:
    path = os.path.join(os.path.normpath(content.directory), name)
    target = quoted(f"{content.prefix.rstrip('/')}/{name}")
    return place.ask("decoy", target, kind="private", file=path, follow=False)


def _protected(host: Host, nonce: str) -> Iterator[str]:
    """Names that a virtual host refuses to send, made from what its <Files> and <FilesMatch> say."""
    for _, node in host.inside:
        refused = any(
            child["name"] in ("require", "deny") and _DENIED.search(child.get("raw") or " ".join(child["args"]))
            for child in node.get("children") or ()
        )
        if node["name"] not in ("files", "filesmatch") or not refused:
            continue
        pattern = nodes.argument(node)
        if not nodes.is_regex(node):
            yield pattern.replace("*", nonce).replace("?", "x")
            continue
        for text in examples.examples(pattern, 3):
            names = [one for one in (nonce + text, text + nonce, text) if re.search(pattern, one)]
            if names and "/" not in names[0]:
                yield names[0]
