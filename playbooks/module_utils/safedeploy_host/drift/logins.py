"""Who was logged in when: the sessions that wtmp tells of.

Pure but for `sessions`. The records are glibc's struct utmp, of which there are two sizes (bits/utmp.h): 384 bytes
where the times are kept at 32 bits for compatibility (x86, arm, ppc64), and 400 elsewhere (aarch64, riscv64).
"""

from __future__ import annotations

import struct

from .tail import tail

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Json = dict[str, Any]

WTMP = "/var/log/wtmp"
# type, pid, line, id, user, host, exit status, session, seconds, microseconds, address, unused
_SHAPES = (struct.Struct("<h2xi32s4s32s256s4xiii16s20x"), struct.Struct("<h2xi32s4s32s256s4xqqq16s20x4x"))
_BOOT, _USER, _DEAD = 2, 7, 8
_KNOWN = range(10)
_LINE, _NAME, _FROM, _SECONDS = 2, 4, 5, 7


class Session:
    """A login: `until` is None while it lasts."""

    def __init__(self, user: str, line: str, source: str, since: float) -> None:
        self.user = user
        self.line = line
        self.source = source
        self.since = since
        self.until: float | None = None

    def covers(self, at: float) -> bool:
        """Whether it lasted at that moment."""
        return self.since <= at and (self.until is None or at <= self.until)


def sessions(path: str = WTMP) -> list[Session]:
    """The sessions of the last part of wtmp; none where it is not there or not understood."""
    # A multiple of both sizes: a part of it begins with a record if the whole does.
    return read(tail(path, 384 * 400 * 3))


def read(content: bytes) -> list[Session]:
    """The sessions that some records tell of, in the order of their logins."""
    found: list[Session] = []
    open_: dict[str, Session] = {}
    for record in _records(content):
        line, at = _text(record[_LINE]), float(record[_SECONDS])
        if record[0] == _BOOT:
            for session in open_.values():
                session.until = at
            open_.clear()
        elif record[0] == _USER:
            session = Session(_text(record[_NAME]), line, _text(record[_FROM]), at)
            if line in open_:
                open_[line].until = at
            open_[line] = session
            found.append(session)
        elif record[0] == _DEAD and line in open_:
            open_.pop(line).until = at
    return found


def _records(content: bytes) -> Iterator[Any]:
    for shape in _SHAPES:
        if content and len(content) % shape.size == 0:
            records = list(shape.iter_unpack(content))
            if all(record[0] in _KNOWN for record in records):
                return iter(records)
    return iter(())


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")
