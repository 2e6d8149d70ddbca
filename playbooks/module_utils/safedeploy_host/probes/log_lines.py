"""Which lines of httpd's error logs belong to which request: by the client's port, then by the worker that wrote it."""

from __future__ import annotations

import re

from .elided import elide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Mapping

_CLIENT = re.compile(r"\[(?:client|remote) [0-9a-fA-F.:%]+?:(\d+)\] ?")
_WORKER = re.compile(r"\[pid (\d+)(?::tid (\d+))?\] ?")
_WHEN = re.compile(r"^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [^\]]*\] ?")
_REFERER = re.compile(r", referer: .*$")
_CHATTER = re.compile(r"\[[\w-]*:?(?:notice|info|debug|trace\d)\]")
_LINES = 6
_LENGTH = 400


def assign(lines: Iterable[str], asked: Mapping[int, str]) -> dict[str, list[str]]:
    """The lines for each probe; `asked` gives the probe's id for the ports that it was asked from.

    A line without a client (a proxy's failed connection, say) goes where the next line of the same worker goes.
    """
    found: dict[str, list[str]] = {}
    waiting: dict[str, list[str]] = {}
    for line in lines:
        if _CHATTER.search(line):
            continue
        worker = _WORKER.search(line)
        name = worker[0] if worker else ""
        client = _CLIENT.search(line)
        if client is None:
            waiting.setdefault(name, []).append(line)
            continue
        probe = asked.get(int(client[1]))
        before = waiting.pop(name, [])
        if probe is not None:
            found.setdefault(probe, []).extend([*before, line])
    return {probe: unique(map(clean, texts))[:_LINES] for probe, texts in found.items()}


def clean(line: str) -> str:
    """A line without its date, worker, client and referer, so that it compares equal to the next of its kind."""
    for pattern in (_WHEN, _WORKER, _CLIENT, _REFERER):
        line = pattern.sub("", line)
    return elide(line)[:_LENGTH]


def unique(lines: Iterable[str]) -> list[str]:
    """The lines once each, in their order."""
    return list(dict.fromkeys(lines))
