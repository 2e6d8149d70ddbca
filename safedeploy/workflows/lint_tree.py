"""From what is rendered for one host to the tree and the facts that the linter reads."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from safedeploy.core.observed import Observed
from safedeploy.core.tree import Kind
from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.knowledge.modules import Module, modules
from safedeploy.workflows.desired import Desired

MODULE_FILES = "/usr/lib/apache2/modules"


def files_of(desired: Desired) -> Files:
    """The rendered files, and beside them the distribution's own that only load a module.

    All else on the host is not known: somebody else may look after it.
    """
    tree = desired.tree
    contents: dict[str, bytes] = {}
    links: dict[str, str] = {}
    absent: set[str] = set()
    for path, entry in tree.entries.items():
        if entry.kind is Kind.FILE and (content := tree.content.get(entry.sha256 or "")) is not None:
            contents[path] = content
        elif entry.kind is Kind.LINK and entry.target is not None:
            links[path] = entry.target
        elif entry.kind is Kind.ABSENT:
            absent.add(path)
    for path, content in _packaged(desired, links):
        if path not in tree.entries:
            contents.setdefault(path, content)
    return Files(contents=contents, links=links, absent=frozenset(absent))


def facts_of(desired: Desired, observed: Observed | None = None) -> Facts:
    """What the settings and the host itself say."""
    environment = dict(desired.site["httpd"].get("env") or {})
    return Facts(
        layout=desired.site["layout"],
        version=_version(observed.httpd.version) if observed is not None else None,
        environment=environment or None,
        mode=lambda path: _mode(desired, path),
    )


def _mode(desired: Desired, path: str) -> int | None:
    entry = desired.tree.entries.get(path)
    return int(entry.mode, 8) if entry is not None and entry.kind is Kind.FILE and entry.mode else None


def _packaged(desired: Desired, links: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """The .load files that links of Debian's layout lead to."""
    if desired.site["layout"] != "debian":
        return
    by_name: dict[str, Module] = {module.enable: module for module in modules() if module.enable}
    for path, target in links.items():
        name, extension = posixpath.splitext(posixpath.basename(target))
        module = by_name.get(name)
        if extension == ".load" and module is not None:
            line = f"LoadModule {module.symbol} {MODULE_FILES}/mod_{name}.so\n"
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), target)), line.encode()


def _version(text: str | None) -> tuple[int, int, int] | None:
    parts = (text or "").split(".")
    if len(parts) < 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts[:3]):
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])
