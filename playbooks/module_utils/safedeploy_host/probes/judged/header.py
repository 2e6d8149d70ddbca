"""Headers that protect, lost: security headers, what cookies are marked with, the permission to ask from elsewhere."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..answer import SECURITY
from . import found
from .case import badness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from .case import Case
    from .found import Found

_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d+)", re.IGNORECASE)
_MARKS = ("secure", "httponly", "samesite")


def judge(case: Case) -> Iterator[Found]:
    """For two answers of which the second is no worse: an error says enough by itself."""
    if None in (case.live["status"], case.candidate["status"]) or case.new:
        return
    if badness(case.candidate) > badness(case.live):
        return
    for name in SECURITY:
        yield from _security(case, name)
    yield from _cors(case)
    yield from _cookies(case)


def _security(case: Case, name: str) -> Iterator[Found]:
    before, after = case.live["headers"].get(name), case.candidate["headers"].get(name)
    if before is None or before == after:
        return
    if name == "strict-transport-security":
        if urlsplit(case.probe["url"]).scheme == "http":
            return  # it counts over TLS only
        if after is not None and _age(after) == 0 < _age(before):
            after = None
    policy = case.candidate["headers"].get("content-security-policy") or ""
    if after is None and not (name == "x-frame-options" and "frame-ancestors" in policy):
        yield found.regression("header-lost", before=f"{_title(name)}: {before[:60]}", after=f"no {_title(name)}")
    elif after is not None:
        yield found.changed("header", before=f"{_title(name)}: {before[:60]}", after=f"{_title(name)}: {after[:60]}")


def _cors(case: Case) -> Iterator[Found]:
    before = {name for name in case.live["headers"] if name.startswith("access-control-")}
    lost = sorted(before - set(case.candidate["headers"]))
    if lost:
        text = ", ".join(map(_title, lost))
        yield found.regression("header-lost", before=text, after=f"no {text}")


def _cookies(case: Case) -> Iterator[Found]:
    before, after = _marks(case.live), _marks(case.candidate)
    for name in sorted(before.keys() & after.keys()):
        lost = sorted(before[name] - after[name])
        if lost:
            yield found.regression("header-lost", before=f"cookie {name}; {'; '.join(lost)}", after="without that")


def _marks(answer: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    marks = {}
    for line in (answer["headers"].get("set-cookie") or "").splitlines():
        name, *attributes = (part.strip() for part in line.split(";"))
        lower = [attribute.lower() for attribute in attributes]
        marks[name] = {mark for mark in _MARKS if any(one.partition("=")[0].strip() == mark for one in lower)}
    return marks


def _age(value: str) -> int:
    age = _MAX_AGE.search(value)
    return int(age[1]) if age else 0


def _title(name: str) -> str:
    return name.title()
