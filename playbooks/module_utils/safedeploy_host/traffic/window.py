"""`logs`: what visitors got between two moments, step by step, by the host's own logs.

It changes nothing and takes no lock. Bounded in bytes and seconds, however large the logs are; what was left out is
said. What rotation has moved away is read where the window needs it.
"""

from __future__ import annotations

import time

from ..effective import configuration
from ..probes import site_map
from ..protocol import bad_request
from . import dated, errors, logged_time, logs, window_errors
from .window_counts import STEPS, WindowCounts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from ..protocol import Json, Request
    from ..services import Services
    from .logs import Log

MAX_BYTES = 64 << 20
SECONDS = 15.0
STEP = 60.0
# Of all bytes and of the time, what error logs may take.
_FOR_ERRORS = 0.25


def window(request: Request, services: Services) -> Json:
    """{time, since, until, step, sites, clients, top, errors, own, notes}, as docs/architecture.md describes them.

    `since` and `until` are seconds since 1970; without `until` it is now. Raises AgentError: `bad-request`.
    """
    now = services.now()
    until = min(request.seconds("until", now), now + 1)
    since = request.seconds("since", until - 3600)
    step = request.seconds("step", STEP)
    if since >= until or step < 1 or (until - since) / step > STEPS:
        raise bad_request(f"'since' must be before 'until', and there may be at most {STEPS} steps of a second or more")
    most = request.get("max_bytes", int, MAX_BYTES)
    seconds = request.seconds("seconds", SECONDS)
    effective = configuration.read(request.site)
    hosts = site_map.hosts(effective)
    root = request.site["server_root"]
    chosen, notes = logs.choose(hosts, root)
    written = window_errors.WindowErrors(since, until)
    reading = dated.Reading(int(most * _FOR_ERRORS), time.monotonic() + seconds * _FOR_ERRORS, notes)
    for target, path in errors.logs(hosts, effective, root).items():
        if path is None:
            notes.append(f"the error log {target.partition(':')[2]!r} is no file, and was not read")
        else:
            written.add(dated.lines(path, since, until, window_errors.moment, reading))
    counted = WindowCounts(since, until, step, request.get("salt", str, "").encode())
    deadline = time.monotonic() + seconds * (1 - _FOR_ERRORS)
    for log in chosen:
        reading = dated.Reading(int(most * (1 - _FOR_ERRORS)) // len(chosen), deadline, notes)
        counted.add(log, dated.lines(log.path, since, until, _moment(log), reading))
    return {
        "time": now,
        "since": since,
        "until": until,
        "step": step,
        **counted.to_json(),
        "errors": written.to_json(),
        "notes": list(dict.fromkeys([*notes, *counted.notes()])),
    }


def _moment(log: Log) -> Callable[[str], float | None]:
    def moment(line: str) -> float | None:
        facts = next((found for found in (parser.read(line) for parser in log.parsers) if found), None)
        return logged_time.moment(facts) if facts else None

    return moment
