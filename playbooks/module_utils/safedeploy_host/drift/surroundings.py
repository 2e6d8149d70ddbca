"""What lay beside the managed files, where httpd reads it, when safedeploy came: that is nobody's extra file.

The record `surroundings.json`: {"directories": {directory: [name]}, "documents": {directory: {"files": [path],
"whole": bool}}}. It only grows: a directory that a later release includes is taken with what lies in it then. It serves
the look for drift alone, so nothing may fail for it.
"""

from __future__ import annotations

from .. import records
from . import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..store import Store

    Json = dict[str, Any]


def path_of(store: Store) -> str:
    """Where the record is."""
    return f"{store.directory}/surroundings.json"


def load(store: Store) -> Json | None:
    """The record; None on a host that has none, or a damaged one."""
    from ..protocol import AgentError

    try:
        return records.load(path_of(store))
    except (AgentError, OSError):
        return None


def remember(store: Store) -> None:
    """Add what is new of directories. Call with the lock held, when a release becomes known-good. Never raises."""
    try:
        _remember(store)
    except Exception as error:  # noqa: BLE001 -- no push may fail for what only a later look needs
        _syslog(f"what lies beside the managed files was not written down: {type(error).__name__}: {error}")


def _remember(store: Store) -> None:
    known = load(store)
    record: Json = {
        "directories": dict((known or {}).get("directories") or {}),
        "documents": dict((known or {}).get("documents") or {}),
    }
    names, _ = places.included(store.site)
    for directory, inside in names.items():
        record["directories"].setdefault(directory, inside)
    if known is None:
        # One question to httpd and one walk, once in the life of a host.
        from ..effective import configuration

        for below in places.documents(configuration.read(store.site)):
            record["documents"][below.root] = {"files": below.files, "whole": below.whole}
    if known is None or record["directories"] != known["directories"]:
        records.save(path_of(store), record)


def _syslog(text: str) -> None:
    import syslog

    syslog.openlog("safedeploy", syslog.LOG_PID, syslog.LOG_DAEMON)
    syslog.syslog(syslog.LOG_WARNING, text)
