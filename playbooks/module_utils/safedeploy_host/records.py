"""Our own JSON records: replaced atomically, refused when damaged."""

from __future__ import annotations

import json

from . import fsio
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json

SCHEMA = 1


def load(path: str) -> Json | None:
    """The record at `path`, or None when there is none. Raises AgentError(object-corrupt)."""
    content = fsio.read_file(path)
    if content is None:
        return None
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise AgentError(
            "object-corrupt",
            f"{path} is damaged, or was written by a newer version",
            state="Nothing was changed on this host; its record of what is deployed cannot be trusted.",
            next=f"Move {path} away, and read audit.jsonl beside it for what was deployed last.",
            detail={"path": path},
        )
    return value


def save(path: str, value: Json) -> None:
    """Replace the record at `path`."""
    fsio.replace_file(path, json.dumps({**value, "schema": SCHEMA}, sort_keys=True, indent=1).encode() + b"\n")
