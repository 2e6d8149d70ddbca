"""What must not be seen and now is: listings, sources, private files, pages about httpd itself, an open proxy."""

from __future__ import annotations

import re

from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .case import Case
    from .found import Found

_PRIVATE = re.compile(
    r"/\.(?!well-known(?:/|$))[^/]+|/(?:server-status|server-info|balancer-manager)\b|"
    r"(?:~|\.(?:bak|old|orig|save|sw[op]|sql|inc|conf|ini|pem|key|log|dist))$",
    re.IGNORECASE,
)
_SOURCE = re.compile(r"\.(?:php\d?|phtml|cgi|pl|py|rb|jsp|asp|sh|lua)$", re.IGNORECASE)
KINDS = frozenset(["listing", "open-proxy", "private", "source"])
_FAILED = (500, 502, 503, 504)
_KINDS = {"source": "source", "private": "private", "listing": "listing"}


def judge(case: Case) -> Iterator[Found]:
    """For anything that the candidate gives away and live does not."""
    live, candidate = case.live, case.candidate
    if case.why == "open-proxy":
        yield from _open_proxy(case)
    elif candidate["status"] is None or candidate["status"] >= 400:
        return
    elif candidate["listing"] and not live["listing"]:
        yield _visible(case, "listing", "a list of the files")
    elif case.probe.get("kind") in ("source", "private") and candidate["marker"] and not live["marker"]:
        kind = _KINDS[case.probe["kind"]]
        yield _visible(case, kind, "the script's own text" if kind == "source" else "the file's content")
    elif candidate["is_file"] and not live["is_file"] and _SOURCE.search(case.probe.get("file") or ""):
        yield found.regression("source", after="the script's own text")
    elif candidate["of_httpd"] and not live["of_httpd"] and not (case.new and case.only_here):
        yield found.regression("private", after="a page about httpd itself")
    elif candidate["is_file"] and not live["is_file"] and _PRIVATE.search(case.path):
        yield _visible(case, "private", "the file's content")


def _visible(case: Case, kind: str, after: str) -> Found:
    # A new site is judged by its own files; what it allows on purpose cannot be told from what it forgot. So is a new
    # path, of which live knows nothing.
    if case.new or (kind == "listing" and case.live["status"] in (None, 404)):
        return found.changed(kind, after=after)
    return found.regression(kind, after=f"{case.candidate['status']}, {after}")


def _open_proxy(case: Case) -> Iterator[Found]:
    """Asked for a stranger's URL, a proxy says that it could not reach him; a web server looks among its own pages."""
    live, candidate = case.live["status"], case.candidate["status"]
    if live in _FAILED:
        return
    # A stranger's name that does not resolve makes some versions say 500.
    unresolved = candidate == 500 and any("proxy" in line for line in case.candidate["log"])
    if unresolved or (candidate in _FAILED and candidate != 500):
        yield found.regression("open-proxy", after=f"{candidate}: it tried to ask the stranger")
