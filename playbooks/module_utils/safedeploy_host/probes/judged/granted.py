"""Whether the configuration lets anybody at all into the place that a virtual host serves."""

from __future__ import annotations

import fnmatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .case import Case

    Json = dict[str, Any]

_DENIED = "AH01630"


def never_granted(case: Case) -> bool:
    """Whether it was refused, and no section over the site's document root says who may come in."""
    site = case.candidate_site
    if site is None or not any(_DENIED in line for line in case.candidate.get("log") or ()):
        return False
    tree = case.around.candidate.get("tree") or []
    own = next((node for node in tree if _is(node, "virtualhost") and (node["file"], node["line"]) == _at(site)), None)
    if own is None:
        return False
    nodes = [node for node in tree if not _is(node, "virtualhost")] + list(own.get("children") or ())
    roots = [node["args"][0] for node in own.get("children") or () if _is(node, "documentroot") and node["args"]]
    if not roots:
        return False
    return not any(_grants(node, roots[-1].rstrip("/")) for node in nodes)


def _grants(node: Json, root: str) -> bool:
    if node["name"] in ("location", "locationmatch", "if", "directorymatch"):
        # Too much for a look from outside: whoever speaks of access here is taken to have meant it.
        return any(True for _ in _access(node))
    if node["name"] == "directory" and node["args"]:
        over = node["args"][-1].rstrip("/")
        if over and (root == over or root.startswith(over + "/") or fnmatch.fnmatchcase(root, over)):
            return any(text != "all denied" for text in _access(node))
    return False


def _access(node: Json) -> Iterator[str]:
    for child in node.get("children") or ():
        if child["name"] in ("require", "allow", "deny"):
            yield " ".join(child["args"]).lower()
        yield from _access(child)


def _is(node: Json, name: str) -> bool:
    return bool(node["name"] == name)


def _at(site: Json) -> tuple[str, int]:
    return site["file"], site["line"]
