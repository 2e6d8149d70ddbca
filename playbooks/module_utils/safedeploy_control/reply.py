"""The answer of the on-host program, out of all that came back, and the sentences that may be shown of it.

What is shown holds no content of files: code, message, state and next step only. The whole answer is in the bundle.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from . import strict_json

Json = dict[str, Any]

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]", re.DOTALL)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069]")


# As every answer of the program does. A host that sends millions of other lines costs no more than reading them.
BEGINS = '{"safedeploy"'


def plain(text: object, limit: int = 1000) -> str:
    """Text from a host without terminal escapes and control characters, at most `limit` characters."""
    return _CONTROLS.sub("", _ESCAPES.sub("", str(text)[: limit * 8])).strip()[:limit]


def after_marker(stdout: str, marker: str) -> str | None:
    """What came after the marker's line; None when the marker never came."""
    _, found, rest = stdout.partition(marker)
    return rest.lstrip("\r").removeprefix("\n") if found else None


def parse(text: str) -> Json | None:
    """The program's one line of JSON; None when there is none."""
    return next((value for value in _said(text) if value.get("safedeploy") == 1 and _complete(value)), None)


def told(text: str, name: str) -> Json | None:
    """What the program has said before its answer, under that name, of what it has so far; None when it did not."""
    found = (value["result"] for value in _said(text) if value.get("progress") == name and "result" in value)
    return next((dict(result) for result in found if isinstance(result, dict)), None)


def _said(text: str) -> Iterator[Json]:
    """The objects that the program's lines are; others are passed over."""
    for line in io.StringIO(text):
        if not line.startswith(BEGINS):
            continue
        try:
            value = strict_json.read(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def _complete(value: Json) -> bool:
    if value.get("ok") is True:
        return "result" in value
    error = value.get("error")
    return value.get("ok") is False and isinstance(error, dict) and isinstance(error.get("code"), str)


def refused(code: str, message: str, *, state: str, todo: str) -> Json:
    """A refusal in the program's own form, for what goes wrong before it can speak."""
    return {
        "safedeploy": 1,
        "ok": False,
        "error": {"code": code, "message": message, "state": state, "next": todo, "detail": {}},
    }


def sentence(answer: Json) -> str:
    """Code, what happened, the state of the host, what to do next: one text."""
    error = answer["error"]
    parts = [plain(error.get(key) or "") for key in ("message", "state", "next")]
    return f"{plain(error['code'], 60)}: " + " ".join(
        part if part.endswith((".", "!", "?", ":")) else f"{part}." for part in parts if part
    )
