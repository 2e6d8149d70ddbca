"""Our own JSON records: replaced atomically, each with the digest of its content, refused when damaged."""

from __future__ import annotations

import json
import os

from . import fsio, hashing
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json

SCHEMA = 1
# Of characters. json writes on one line with its compiled encoder, on many without, at ten times the cost.
_READ_BY_PEOPLE = 32 * 1024
# What to do about a damaged one, by its name; the others are not needed to know what is deployed.
START_OVER = (
    "Put back an undamaged copy of the file; or look at the end of audit.jsonl beside it for what was deployed last, "
    "and at what is live, and let this host start over from that, on the host: the agent's `start-over`."
)
NEXT = {
    "state.json": START_OVER,
    "adopted.json": START_OVER,
    "journal.json": START_OVER,
    "manifest.json": "Check the disk of this host, then push the release again.",
}


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
        raise damaged(path, "is damaged, or was written by a newer version")
    written = value.pop("digest", None)
    if written not in (None, _digest(value)):  # an earlier version wrote none
        raise damaged(path, "is damaged: it has not the digest that it was written with")
    return value


def save(path: str, value: Json) -> None:
    """Replace the record at `path`: on lines that a person can read, where it is of a length that a person reads."""
    whole = {**value, "schema": SCHEMA}
    whole["digest"] = _digest(whole)
    text = json.dumps(whole, sort_keys=True)
    if len(text) <= _READ_BY_PEOPLE:
        text = json.dumps(whole, sort_keys=True, indent=1)
    fsio.replace_file(path, text.encode() + b"\n")


def damaged(path: str, what: str) -> AgentError:
    """The refusal for a record that cannot be trusted."""
    return AgentError(
        "object-corrupt",
        f"{path} {what}",
        state="Nothing was changed on this host; its record of what is deployed cannot be trusted.",
        next=NEXT.get(os.path.basename(path), f"Move {path} away, and run the command again."),
        detail={"path": path},
    )


def _digest(value: Json) -> str:
    kept = {key: one for key, one in value.items() if key != "digest"}
    return hashing.hexadecimal(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode())
