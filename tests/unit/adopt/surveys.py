"""Surveys of hosts that a test describes: path -> what is there."""

from __future__ import annotations

import hashlib
from typing import Any

from safedeploy.core.adopt.survey import Survey, survey_from_json

ROOT = "/etc/apache2"


def file(data: bytes = b"x", **more: Any) -> dict[str, Any]:
    """A file as an agent tells of it."""
    entry = {"kind": "file", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    return {**entry, "mode": "0644", "owner": "root", "group": "root", "content": "text", **more}


def link(target: str) -> dict[str, Any]:
    return {"kind": "link", "target": target}


def survey(host: str, entries: dict[str, dict[str, Any]], loaded: list[str] | None = None) -> Survey:
    """`entries` by path, relative to the server root or absolute."""
    whole = {name if name.startswith("/") else f"{ROOT}/{name}": entry for name, entry in entries.items()}
    value = {"exists": True, "entries": whole, "loaded": loaded, "packages": "dpkg", "notes": []}
    return survey_from_json(host, value, ROOT, [ROOT, "/var/www"])
