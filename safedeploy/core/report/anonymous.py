"""Client addresses taken out of what a report is made of: they are personal data, and a report goes far. Pure.

Addresses of hosts and backends stay. A client is known by where it stands: in httpd's own marks of an error log, in
the sentences of a diagnosis that name one, and, where the logs were counted now, by being among those counted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

CLIENT = "a client"
# httpd's own: [client 192.0.2.1:4711], [remote 192.0.2.1:4711]; ModSecurity writes the first without a port.
_IN_LOGS = re.compile(r"\[(client|remote) [^\]\s]+\]?")
# core/diagnose/causes/flood.py and workers.py
_IN_SENTENCES = (
    re.compile(r"^\S+(?= makes \S+ ?%? of all requests)"),
    re.compile(r"^\S+(?= holds \d+ of the connections of )"),
    re.compile(r"(?<=^Keep )\S+(?= away at the firewall)"),
)


def anonymous(value: Any, clients: Collection[str] = ()) -> Any:
    """The same JSON without addresses of clients; `clients` are those that are known by name."""
    known = [one for one in clients if len(one) > 3]
    pattern = re.compile("|".join(rf"(?<![\w.:]){re.escape(one)}(?![\w.])" for one in known)) if known else None
    return _walk(value, pattern)


def _walk(value: Any, known: re.Pattern[str] | None) -> Any:
    if isinstance(value, str):
        return _text(value, known)
    if isinstance(value, Mapping):
        return {key: _walk(item, known) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_walk(item, known) for item in value]
    return value


def _text(text: str, known: re.Pattern[str] | None) -> str:
    found = _IN_LOGS.sub(r"[\1 -]", text)
    for sentence in _IN_SENTENCES:
        found = sentence.sub(CLIENT, found)
    return found if known is None else known.sub(CLIENT, found)
