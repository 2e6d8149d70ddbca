"""An Answer in a few words, for people."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

_QUERY = re.compile(r"\?.*$", re.DOTALL)
_MOST = 160


def said(answer: Json, probe: Json, site: Json | None) -> str:
    """For example "200 text/css, the file /var/www/app.css", "301 to https://...", "no answer: connection refused"."""
    if answer["status"] is None:
        return f"no answer: {answer['why']}"[:_MOST]
    return (_short(answer) + _of(answer, probe, site) + _end(answer))[:_MOST]


def _short(answer: Json) -> str:
    status, location = answer["status"], answer["headers"].get("location")
    if 300 <= status <= 399 and location:
        return f"{status} to {_QUERY.sub('?...', location)}"
    if status >= 300:
        return str(status)
    kind = (answer["headers"].get("content-type") or "").partition(";")[0]
    return f"{status} {kind}".strip()


def _of(answer: Json, probe: Json, site: Json | None) -> str:
    if answer["is_file"]:
        return f", the file {probe.get('file')}"
    if answer["listing"]:
        return ", a list of the files"
    if site is None or answer["status"] >= 500:
        return ""
    return f" from {site['name']}" if site.get("name") else ""


def _end(answer: Json) -> str:
    if answer["loop"]:
        return ", and round in a circle"
    if answer["foreign"]:
        return ", another server"
    final = answer["final"]
    if not final:
        return ""
    if final["status"] is None:
        return f", which ends without an answer: {final.get('why') or ''}"
    return f", which ends in {final['status']}" if final["status"] >= 400 else ""
