"""Which changed lines are most likely behind a regression. Pure.

A guess, and shown as one: each changed line gets points for what ties it to the request, its answer and httpd's own log
lines. Regressions with the same guess are one cause. No line is named when nothing ties any to it, unless there are so
few that they are the answer anyway.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from urllib.parse import unquote, urlsplit

from safedeploy.core.changed_lines import Changed, Hunk, Line, hunks
from safedeploy.core.trial import ProbeVerdict

MOST_HUNKS = 2
MOST_LINES = 6
FEW = 2  # so few hunks that they are shown whatever ties them to the request
ENOUGH = 15
CLOSE = 0.8

# Beginnings of the directives that can do such a thing; what a kind lacks is tied by path, name and log alone.
_DIRECTIVES: dict[str, tuple[str, ...]] = {
    "error": ("options", "allowoverride", "rewrite", "sethandler", "addhandler", "proxypass", "php", "cgi", "script"),
    "no-answer": ("listen", "errorlog", "customlog", "ssl", "mutex", "user", "group", "timeout", "requestread"),
    "other-site": ("servername", "serveralias", "<virtualhost", "listen", "usecanonical", "namevirtualhost"),
    "other-content": ("documentroot", "alias", "directoryindex", "proxypass", "rewrite", "fallback", "errordocument"),
    "redirect": ("redirect", "rewrite", "directoryslash"),
    "loop": ("redirect", "rewrite", "errordocument", "directoryslash"),
    "certificate": ("ssl",),
    "tls": ("ssl", "protocols"),
    "authentication": ("auth", "require", "satisfy", "allow", "deny", "order", "<limit", "<require"),
    "content-type": ("addtype", "forcetype", "defaulttype", "addcharset", "typesconfig", "header", "mime"),
    "header-lost": ("header", "expires", "setenv"),
    "listing": ("options", "directoryindex", "index"),
    "source": ("addhandler", "sethandler", "addtype", "php", "removehandler", "scriptalias", "options", "forcetype"),
    "private": ("require", "<files", "<directory", "<location", "alias", "documentroot", "redirectmatch", "deny"),
    "open-proxy": ("proxy", "rewrite"),
    "limit": ("limit", "timeout", "requestread", "keepalive"),
    "capacity": ("maxrequest", "maxclients", "threads", "start", "serverlimit", "keepalive", "threadlimit", "timeout"),
    "not-logged": ("customlog", "transferlog", "logformat", "globallog", "setenvif"),
}
_PLACE = re.compile(r"^(.*?):(\d+)$")
_LINE_IN_LOG = re.compile(r"line (\d+)|:(\d+)\b")
_WORD = re.compile(r"[A-Za-z<][\w]*")
_REGEX_SIGNS = re.compile(r"[\\()\[\]{}|+*?$.]")


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Regressions that have one likely cause. `likely` holds the changed lines, most likely first; it may be empty."""

    kind: str
    verdicts: tuple[ProbeVerdict, ...]
    likely: tuple[Hunk, ...] = ()


def causes(
    verdicts: Iterable[ProbeVerdict], changed: Sequence[Changed], real: Callable[[str], str] = str
) -> tuple[Cause, ...]:
    """Group verdicts by their likely cause, in the order in which they came.

    `real` follows the links that the tree has, so that `sites-enabled/x.conf` in a log is the file that was changed.
    """
    every = [hunk for item in changed for hunk in hunks(item)]
    groups: dict[tuple[object, ...], list[ProbeVerdict]] = {}
    likely: dict[tuple[object, ...], tuple[Hunk, ...]] = {}
    for verdict in verdicts:
        found = suspects(verdict, every, real)
        key = (verdict.kind, *((hunk.path, hunk.number) for hunk in found)) if found else (verdict.kind, verdict.group)
        groups.setdefault(key, []).append(verdict)
        likely.setdefault(key, found)
    return tuple(Cause(kind=items[0].kind, verdicts=tuple(items), likely=likely[key]) for key, items in groups.items())


def suspects(verdict: ProbeVerdict, every: Sequence[Hunk], real: Callable[[str], str] = str) -> tuple[Hunk, ...]:
    """The hunks most likely behind one verdict, each cut down to its most likely lines."""
    request = _Request(verdict, real)
    scored = sorted(((_points(hunk, request), hunk) for hunk in every), key=lambda item: -max(item[0], default=0))
    scored = [(points, hunk) for points, hunk in scored if max(points, default=0) > 0]
    best = max(scored[0][0]) if scored else 0
    if best < ENOUGH and len(scored) > FEW:
        return ()
    close = [(points, hunk) for points, hunk in scored if max(points) >= CLOSE * best]
    return tuple(_cut(hunk, points) for points, hunk in close[:MOST_HUNKS])


def _cut(hunk: Hunk, points: list[float]) -> Hunk:
    """The hunk itself when it is small, else its best lines, in their order."""
    if len(hunk.lines) <= MOST_LINES:
        return hunk
    best = max(points)
    kept = [line for line, score in zip(hunk.lines, points, strict=True) if score >= CLOSE * best]
    return replace(hunk, lines=tuple(kept[:MOST_LINES]))


class _Request:
    """One verdict, taken apart for comparing."""

    def __init__(self, verdict: ProbeVerdict, real: Callable[[str], str]) -> None:
        url = next((word for word in verdict.request.split() if "://" in word), verdict.request.split(" ")[-1])
        parts = urlsplit(url.split("?")[0])
        self.kind = verdict.kind
        self.host = (parts.hostname or "").lower()
        self.path = unquote(parts.path) or "/"
        file, line = _place(verdict.place)
        self.file = real(file) if file else None
        self.line = line
        self.said = "\n".join((*verdict.log, verdict.after))
        self.words = {word.lower() for word in _WORD.findall(self.said) if len(word) >= 4}
        self.files = {real(path.rstrip(".:,;'\"")) for path in re.findall(r"/[\w./@+~-]+", self.said)}
        self.numbers = {int(a or b) for a, b in _LINE_IN_LOG.findall(self.said)}


def _place(text: str | None) -> tuple[str | None, int | None]:
    """`file:line`, or a file alone."""
    match = _PLACE.match(text or "")
    return (match[1], int(match[2])) if match else (text, None)


def _points(hunk: Hunk, request: _Request) -> list[float]:
    """One score for each line; one alone for a hunk without lines."""
    base = _file_points(hunk.path, request)
    if not hunk.lines:
        return [base + 1]
    return [_line_points(line, hunk, request) + base if _means_something(line) else 0 for line in hunk.lines]


def _means_something(line: Line) -> bool:
    text = line.text.strip()
    return bool(text) and not text.startswith(("#", "</"))


def _file_points(path: str, request: _Request) -> float:
    points = 0.0
    if path == request.file:
        points += 15
    if path in request.files:
        points += 50
    name = posixpath.basename(path)
    if name == posixpath.basename(request.path):
        points += 40
    folder = posixpath.basename(posixpath.dirname(path))
    if name.startswith(".ht") and folder and f"/{folder}/" in f"{request.path}/":
        points += 20
    return points


def _line_points(line: Line, hunk: Hunk, request: _Request) -> float:
    words = line.text.split()
    directive = words[0].lower()
    points = 1.0
    points += _place_points(line, hunk, request)
    points += 20 if directive.strip("<>") in request.words else 0
    points += 20 if directive.startswith(_DIRECTIVES.get(request.kind, ("\0",))) else 0
    points += _name_points(line, words, request)
    points += max((_path_points(word, request.path) for word in words[1:]), default=0)
    for name, text in line.around.sections:
        if name.startswith("location"):
            near = max((_path_points(word, request.path) for word in text.split()), default=0)
            points += near or -20
    return points


def _place_points(line: Line, hunk: Hunk, request: _Request) -> float:
    if line.sign == "+" and hunk.path in request.files and line.number in request.numbers:
        return 40
    if line.sign == "-" or hunk.path != request.file:
        return 0
    if line.number == request.line:
        return 60
    return 30 if line.around.host_line == request.line else 0


def _name_points(line: Line, words: list[str], request: _Request) -> float:
    if not request.host:
        return 0
    points = 25.0 if any(request.host == word.lower().strip('"') for word in words[1:]) else 0.0
    if line.around.names:
        points += 25 if any(fnmatchcase(request.host, name) for name in line.around.names) else -30
    return points


def _path_points(word: str, path: str) -> float:
    """How much of the request's path a word of the configuration names: a path, or the plain beginning of a pattern."""
    word = word.strip("\"'").lstrip("!^")
    plain = _REGEX_SIGNS.split(word, maxsplit=1)[0]
    if not plain.startswith("/"):
        plain = f"/{plain}" if plain and plain != word else ""
    if len(plain.strip("/")) < 2:
        return 0
    whole = path == plain.rstrip("/") or path.startswith(f"{plain.rstrip('/')}/")
    if whole or (plain != word and path.startswith(plain)):
        return 25 + 5 * plain.strip("/").count("/")
    return 0
