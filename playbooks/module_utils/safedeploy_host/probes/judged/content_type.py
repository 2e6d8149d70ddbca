"""A good answer that is labelled otherwise than before, so that browsers treat it otherwise."""

from __future__ import annotations

from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .case import Case
    from .found import Found

# What a server says when it does not know.
_VAGUE = frozenset(["", "text/plain", "application/octet-stream"])
_EQUAL = {
    "application/javascript": "text/javascript",
    "application/x-javascript": "text/javascript",
    "application/xml": "text/xml",
    "image/vnd.microsoft.icon": "image/x-icon",
    "application/font-woff": "font/woff",
    "application/xhtml+xml": "text/html",
}


def judge(case: Case) -> Iterator[Found]:
    """For two good answers with a body."""
    live, candidate = case.live, case.candidate
    if case.probe.get("method") not in (None, "GET", "HEAD"):
        return
    if case.new or live["status"] != candidate["status"] or not 200 <= (live["status"] or 0) <= 299:
        return
    before, old_charset = _parts(live["headers"].get("content-type") or "")
    after, charset = _parts(candidate["headers"].get("content-type") or "")
    texts = {
        "before": live["headers"].get("content-type") or "no type",
        "after": candidate["headers"].get("content-type") or "no type",
    }
    if before != after:
        if before in _VAGUE and after not in _VAGUE:
            yield found.changed("content-type", **texts)
        elif live["listing"] == candidate["listing"]:
            yield found.regression("content-type", **texts)
    elif old_charset != charset:
        wrong = charset not in ("", "utf-8") and (old_charset == "utf-8" or candidate["utf8"])
        yield found.regression("content-type", **texts) if wrong else found.changed("content-type", **texts)


def _parts(value: str) -> tuple[str, str]:
    kind, _, rest = value.partition(";")
    kind = kind.strip().lower()
    charset = rest.partition("charset=")[2].strip(' "').lower() if "charset=" in rest.lower() else ""
    return _EQUAL.get(kind, kind), charset.replace("utf8", "utf-8")
