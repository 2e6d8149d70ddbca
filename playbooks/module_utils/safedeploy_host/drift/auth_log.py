"""What sudo and the login programs wrote down: as lines with a time, from the log files or the journal.

Of a command only what helps is told: the program, and its arguments where they name the file in question. Command lines
hold passwords.
"""

from __future__ import annotations

import os
import re
import time

from .. import control
from .tail import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Tuple

    Json = dict[str, Any]
    Line = Tuple[float, str, str]

LOGS = ("/var/log/auth.log", "/var/log/secure")
_JOURNAL = ("journalctl", "--quiet", "--no-pager", "--output=short-unix", "--lines=2000", "-t", "sudo", "-t", "su")
_JOURNAL_SECONDS = 3.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TAG = r"(?P<tag>[\w./-]+)(?:\[\d+\])?: (?P<text>.*)$"
_OLD = re.compile(r"^(?P<month>[A-Z][a-z]{2}) +(?P<day>\d+) (?P<clock>\d\d:\d\d:\d\d) \S+ " + _TAG)
_ISO = re.compile(r"^(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?P<zone>Z|[+-]\d\d:?\d\d) \S+ " + _TAG)
_UNIX = re.compile(r"^(?P<at>\d+)(?:\.\d+)? \S+ " + _TAG)
_SUDO = re.compile(r"^\s*(?P<by>\S+) : (?:.*; )?USER=(?P<user>\S+) ; (?:.*; )?COMMAND=(?P<command>.+)$")
_SU = re.compile(r"^\(to (?P<user>\S+)\) (?P<by>\S+) on ")
_MOST_ARGUMENTS = 200
_LONGEST = 1024  # of a line: every user can have one written, and patterns take their time


class Command:
    """Somebody became somebody else: `command` is None for a shell of its own."""

    def __init__(self, at: float, by: str, user: str, command: str | None) -> None:
        self.at = at
        self.by = by
        self.user = user
        self.command = command

    def names(self, path: str) -> bool:
        """Whether its command line mentions a path, or at least its last part."""
        return self.command is not None and os.path.basename(path) in self.command

    def told(self, path: str) -> str:
        """A sentence without arguments that could be secret."""
        if self.command is None:
            return f"{self.by} became {self.user}"
        program, _, arguments = self.command.partition(" ")
        if not arguments or not self.names(path):
            arguments = "..." if arguments else ""
        return f"{self.by} ran as {self.user}: {program} {arguments[:_MOST_ARGUMENTS]}".rstrip()


def commands(now: float, logs: Iterable[str] = LOGS, earliest: float = 0.0) -> list[Command]:
    """Those of the last part of the logs, in their order; of the journal since `earliest` where there is no log."""
    found = [line for path in logs for line in parsed(lines(path), now)]
    if not found and os.path.isdir("/run/systemd/system") and earliest:
        found = list(parsed(_journal(earliest), now))
    return [command for command in map(_command, found) if command is not None]


def parsed(texts: Iterable[str], now: float) -> Iterable[Line]:
    """(seconds since 1970, tag, text) of each line that is understood. Without a year it is the last such day."""
    for line in texts:
        text = line[:_LONGEST]
        old, iso, unix = _OLD.match(text), _ISO.match(text), _UNIX.match(text)
        if old is not None:
            at = _without_year(old, now)
        elif iso is not None:
            at = _with_zone(iso.group("at"), iso.group("zone"))
        elif unix is not None:
            at = float(unix.group("at"))
        else:
            continue
        match = old or iso or unix
        if at is not None and match is not None:
            yield at, match.group("tag"), match.group("text")


def _command(line: Line) -> Command | None:
    at, tag, text = line
    name = os.path.basename(tag)
    match = _SUDO.match(text) if name == "sudo" else _SU.match(text) if name == "su" else None
    if match is None:
        return None
    return Command(at, match.group("by"), match.group("user"), match.groupdict().get("command"))


def _without_year(match: re.Match[str], now: float) -> float | None:
    month = match.group("month")
    if month not in _MONTHS:
        return None
    year = time.localtime(now).tm_year
    for one in (year, year - 1):
        text = f"{one} {_MONTHS.index(month) + 1} {match.group('day')} {match.group('clock')}"
        try:
            at = time.mktime(time.strptime(text, "%Y %m %d %H:%M:%S"))
        except (ValueError, OverflowError):
            continue
        if at <= now + 86400:
            return at
    return None


def _with_zone(text: str, zone: str) -> float | None:
    from datetime import datetime, timedelta, timezone

    zone = "+0000" if zone == "Z" else zone.replace(":", "")
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(
            tzinfo=timezone(-offset if zone[0] == "-" else offset)
        )
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None


def _journal(earliest: float) -> list[str]:
    words = [*_JOURNAL, f"--since=@{int(earliest)}"]
    outcome = control.run(words, {"httpd": {}}, timeout=_JOURNAL_SECONDS, limit=1 << 20)
    return outcome.output.splitlines() if outcome.ok else []
