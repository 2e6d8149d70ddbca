"""After the switch: the same questions to the real server. What its shadow could not show is caught here.

A regression is what is worse than the candidate's shadow answered, worse than before the push too, and still so when it
is asked again: a reload replaces workers, and the first moments after it are no verdict.
"""

from __future__ import annotations

import os
import socket
import time

from .. import plain_file
from . import ask, log_lines, verdict
from .judged import found
from .judged.logged import error_logs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping, Sequence

    Json = dict[str, Any]

SECONDS = 5.0
RATE = 200.0
_AGAIN = 0.4
# Of the time, for the first round.
_SHARE = 0.6
# A body may well differ from that in a shadow, which other clients ask; that a page is gone or open to all may not.
_KINDS = frozenset(
    [
        "authentication",
        "certificate",
        "declared-unmet",
        "error",
        "header-lost",
        "limit",
        "listing",
        "loop",
        "no-answer",
        "private",
        "redirect",
        "source",
        "tls",
    ]
)
_CHUNK = 256 * 1024


def check(
    site: Json,
    probes: Sequence[Json],
    before: Mapping[str, Json],
    expected: Mapping[str, Json],
    *,
    effective: Json | None = None,
    expectations: Sequence[Json] = (),
    accepted: Sequence[str] = (),
    seconds: float = SECONDS,
) -> list[Json]:
    """The Verdicts on the real server, within `seconds`; regressions speak against the release.

    `before` and `expected` are the Answers of live's and of the candidate's shadow. `effective` is the candidate's, as
    `kept` gives it; without it redirects are not followed.
    """
    asked = [
        _as_host(probe, effective)
        for probe in probes
        if probe.get("live_too") and probe["id"] in expected and probe["id"] in before
    ]
    server = RealServer(site, effective)
    sides = Sides(_comparable(before, effective), _comparable(expected, effective), effective, expectations, accepted)
    end = time.monotonic() + seconds
    verdicts = sides.verdicts(asked, _answers(asked, server, sides, seconds * _SHARE))
    worse = {one["probe"] for one in verdicts if one["verdict"] == found.REGRESSION}
    if not worse or time.monotonic() + _AGAIN >= end:
        return verdicts
    time.sleep(_AGAIN)
    again = [probe for probe in asked if probe["id"] in worse]
    answers = _answers(again, server, sides, end - time.monotonic())
    return [one for one in verdicts if one["probe"] not in worse] + sides.verdicts(again, answers)


def _answers(probes: Sequence[Json], server: RealServer, sides: Sides, seconds: float) -> dict[str, Json]:
    return ask.ask(
        probes,
        shadow=server,
        effective=sides.effective,
        seconds=seconds,
        rate=RATE,
        expectations=sides.expectations,
        # The shadows know already which bodies differ from one moment to the next.
        twice=False,
    )


class Sides:
    """What the real server's answers are held against."""

    def __init__(
        self,
        before: Mapping[str, Json],
        expected: Mapping[str, Json],
        effective: Json | None,
        expectations: Sequence[Json],
        accepted: Sequence[str],
    ) -> None:
        self.before = before
        self.expected = expected
        self.effective = effective
        self.expectations = expectations
        self.accepted = accepted

    def verdicts(self, probes: Sequence[Json], now: Mapping[str, Json]) -> list[Json]:
        """The Verdicts on the answers that there are now."""
        worse = {one["probe"] for one in self._judged(probes, self.before, now) if one["verdict"] == found.REGRESSION}
        elsewhere = {probe["id"] for probe in probes if probe["elsewhere"]}
        return [_weighed(one, worse, elsewhere) for one in self._judged(probes, self.expected, now)]

    def _judged(self, probes: Sequence[Json], side: Mapping[str, Json], now: Mapping[str, Json]) -> list[Json]:
        return verdict.judge(
            probes,
            side,
            now,
            live_effective=self.effective,
            candidate_effective=self.effective,
            expectations=self.expectations,
            accepted=self.accepted,
        )


class RealServer:
    """What `ask` needs of a shadow, for the real httpd: its files, and the new lines of its error logs."""

    def __init__(self, site: Json, effective: Json | None) -> None:
        configured = (effective or {}).get("error_log")
        paths = {configured} if configured else set()
        self.site = site
        self._ends = {path: _size(path) for path in paths | error_logs(effective or {})}

    def error_lines(self) -> list[str]:
        """The new lines since the last call."""
        lines: list[str] = []
        for path, start in self._ends.items():
            end = _size(path)
            if end <= start:
                continue
            try:
                with open(path, "rb") as stream:
                    stream.seek(max(start, end - _CHUNK))
                    lines += stream.read(_CHUNK).decode("utf-8", "replace").splitlines()
            except OSError:
                continue
            self._ends[path] = end
        return log_lines.unique(lines)

    def read(self, path: str) -> bytes:
        """A regular file of a bounded size as it is. Raises OSError."""
        return plain_file.read(path)


def _weighed(one: Json, worse: set[str], elsewhere: set[str]) -> Json:
    if one["verdict"] != found.REGRESSION:
        return one
    if one["kind"] not in _KINDS or one["probe"] not in worse:
        return {**one, "verdict": found.CHANGED}
    # Who may come in can depend on where from, and this host is not the client that the shadow had.
    if one["probe"] in elsewhere and (one["kind"] == "authentication" or one["after"].startswith(("401", "403"))):
        return {**one, "verdict": found.INCONCLUSIVE}
    return one


def _as_host(probe: Json, effective: Json | None) -> Json:
    """The probe as this host itself can make it."""
    source = probe.get("source")
    own = source is None or _bindable(source)
    follow = bool(probe.get("follow")) and effective is not None
    return {**probe, "source": source if own else None, "elsewhere": not own, "follow": follow}


def _comparable(answers: Mapping[str, Json], effective: Json | None) -> Mapping[str, Json]:
    """The Answers as they would be had their redirects not been followed either."""
    if effective is not None:
        return answers
    ends: Json = {"hops": [], "final": None, "loop": False, "foreign": None}
    return {probe: {**answer, **ends} for probe, answer in answers.items()}


def _bindable(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as one:
            one.bind((address, 0))
    except OSError:
        return False
    return True


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def kept(effective: Json) -> Json:
    """What of an Effective `check` needs later, small enough to be kept with the release."""
    logs: Iterable[str] = sorted(error_logs(effective))
    tree = [{"name": "errorlog", "args": [path], "children": None} for path in logs]
    return {**{key: effective.get(key) for key in ("vhosts", "listen", "error_log")}, "tree": tree}
