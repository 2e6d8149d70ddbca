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
_KINDS = {"source": "source", "private": "private", "listing": "listing"}


def judge(case: Case) -> Iterator[Found]:
    """For anything that the candidate gives away and live does not."""
    live, candidate = case.live, case.candidate
    if candidate["status"] is None or candidate["status"] >= 400:
        if case.why == "open-proxy":
            yield from _open_proxy(case)
        return
    if case.why == "open-proxy":
        yield from _open_proxy(case)
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
    # A new site is judged by its own files; what it allows on purpose cannot be told from what it forgot.
    if case.new:
        return found.changed(kind, after=after)
    return found.regression(kind, after=f"{case.candidate['status']}, {after}")


def _open_proxy(case: Case) -> Iterator[Found]:
    """Asked for a stranger's URL, a proxy answers it, or says that it could not reach it; a web server does neither."""
    live, candidate = case.live, case.candidate
    if candidate["status"] in (403, 404, 400, 405) or candidate["status"] == live["status"] != 200:
        return
    if candidate["marker"] and not live["marker"]:
        yield found.regression("open-proxy", after=f"{candidate['status']}, asked the stranger")
    elif candidate["status"] in (502, 503, 504) and live["status"] not in (502, 503, 504):
        yield found.regression("open-proxy", after=f"{candidate['status']}, tried to ask the stranger")
    elif candidate["status"] != live["status"] is not None and not (case.moved or case.new or case.removed):
        yield found.regression("open-proxy")
