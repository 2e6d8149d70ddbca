"""Texts of requests and logs without what may be secret in them: the values of queries, cookies, user information."""

from __future__ import annotations

import hashlib

from ..later import regex

_PAIR = regex(r"(?<=[?&;])([^=&;?\s\"'<>,]+)=([^&;\s\"'<>,]*)")
_BARE = regex(r"\?(?=[^\s\"'<>,])([^=&;\s\"'<>,]+)(?=$|[\s\"'<>,])")
_PERSON = regex(r"(?<=://)[^/@\s]+@")


def elide(text: str) -> str:
    """The text as it may be shown: names of parameters stay, their values do not."""
    return _PERSON.sub("...@", _BARE.sub("?...", _PAIR.sub(r"\1=...", text)))


def digested(text: str) -> str:
    """The same with a short digest for each value: two texts compare equal when they were."""
    text = _PAIR.sub(lambda found: f"{found[1]}=.{_short(found[2])}", text)
    return _PERSON.sub("...@", _BARE.sub(lambda found: f"?.{_short(found[1])}", text))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]
