"""Hosts, times and numbers as the sentences of a diagnosis have them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

_SHOWN = 4


def hosts(names: Iterable[str], every: Iterable[str] = ()) -> str:
    """`web1 and web2`; `all 12 hosts` where they are all of several; `web1, web2, web3, web4 and 8 more`."""
    named = list(dict.fromkeys(names))
    among = set(every)
    if len(named) > 1 and among and among <= set(named):
        return f"all {len(named)} hosts"
    if len(named) > _SHOWN + 1:
        return f"{', '.join(named[:_SHOWN])} and {len(named) - _SHOWN} more"
    return listed(named)


def listed(words: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    found = list(words)
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def clock(at: float) -> str:
    """The time of day in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S UTC")


def ago(seconds: float) -> str:
    """A length of time in one or two units: `40 s`, `3 min`, `2 h 5 min`, `4 days`."""
    whole = round(abs(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{round(whole / 60)} min"
    if whole < 172800:
        hours, minutes = divmod(round(whole / 60), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{round(whole / 86400)} days"


def share(part: float) -> str:
    """A share as percent: `0.4 %`, `37 %`."""
    percent = 100 * part
    return f"{percent:.1f} %" if 0 < percent < 10 else f"{percent:.0f} %"


def size(number: float) -> str:
    """Bytes as people read them."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "bytes" or number >= 10 else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} TiB"
