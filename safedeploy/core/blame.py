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
# What a module's line in the error log has to do with: beginnings of directives.
_MODULES: dict[str, tuple[str, ...]] = {
    "authz": ("require", "allow", "deny", "order", "satisfy", "<require", "<limit"),
    "access_compat": ("allow", "deny", "order", "satisfy"),
    "auth": ("auth",),
    "rewrite": ("rewrite",),
    "proxy": ("proxy", "sethandler", "timeout"),
    "ssl": ("ssl",),
    "cgi": ("scriptalias", "addhandler", "sethandler", "options", "alias"),
    "autoindex": ("options", "directoryindex", "index"),
    "reqtimeout": ("requestread", "timeout"),
    "headers": ("header", "requestheader"),
}
_MODULE_IN_LOG = re.compile(r"\[(\w+):\w+\]")
_PLACE = re.compile(r"^(.*?):(\d+)$")
_LINE_IN_LOG = re.compile(r"line (\d+)|:(\d+)\b")
_WORD = re.compile(r"[A-Za-z<][\w]*")
_NONE = ("\0",)
_REGEX_SIGNS = re.compile(r"[\\()\[\]{}|+*?$.]")


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Regressions that have one likely cause. `likely` holds the changed lines, most likely first; it may be empty."""

    verdicts: tuple[ProbeVerdict, ...]
    likely: tuple[Hunk, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """What became worse, in the order in which it was found."""
        return tuple(dict.fromkeys(one.kind for one in self.verdicts))

    @property
    def requests(self) -> dict[str, tuple[ProbeVerdict, ...]]:
        """The requests with their verdicts: one may have become worse in several respects."""
        found: dict[str, tuple[ProbeVerdict, ...]] = {}
        for one in self.verdicts:
            found[one.request] = (*found.get(one.request, ()), one)
        return found


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
        key = tuple((hunk.path, hunk.number) for hunk in found) or (verdict.kind, verdict.group)
        groups.setdefault(key, []).append(verdict)
        likely.setdefault(key, found)
    return tuple(Cause(verdicts=tuple(items), likely=likely[key]) for key, items in groups.items())


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
    """The hunk without its empty lines when it is small, else its best lines, in their order."""
    pairs = [(line, score) for line, score in zip(hunk.lines, points, strict=False) if line.text.strip()]
    best = max((score for _, score in pairs), default=0)
    kept = [line for line, score in pairs if len(pairs) <= MOST_LINES or score >= CLOSE * best]
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
        modules = set(_MODULE_IN_LOG.findall(self.said))
        self.blamed = tuple(
            word
            for name, words in _MODULES.items()
            if any(module.startswith(name) for module in modules)
            for word in words
        )
        self.numbers = {int(a or b) for a, b in _LINE_IN_LOG.findall(self.said)}


def _place(text: str | None) -> tuple[str | None, int | None]:
    """`file:line`, or a file alone."""
    match = _PLACE.match(text or "")
    return (match[1], int(match[2])) if match else (text, None)


def _points(hunk: Hunk, request: _Request) -> list[float]:
    """One score for each line; one alone for a hunk without lines."""
    base = _file_points(hunk.path, request)
    if not hunk.lines:
        return [base + 1 + (15 if hunk.path == request.file else 0)]
    return [_line_points(line, hunk, request) + base if _means_something(line) else 0 for line in hunk.lines]


def _means_something(line: Line) -> bool:
    text = line.text.strip()
    return bool(text) and not text.startswith(("#", "</"))


def _file_points(path: str, request: _Request) -> float:
    points = 50.0 if path in request.files else 0.0
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
    points += _line_named(line, hunk, request)
    points += _host_points(line, words, hunk, request)
    points += 20 if directive.strip("<>") in request.words else 0
    points += 20 if directive.startswith(_DIRECTIVES.get(request.kind, _NONE)) else 0
    points += 30 if directive.startswith(request.blamed or _NONE) else 0
    points += max((_path_points(word, request.path) for word in words[1:]), default=0)
    return points + sum(_section_points(name, text, request.path) for name, text in line.around.sections)


def _section_points(name: str, text: str, path: str) -> float:
    """Whether a section is about the request's path. Of directories nobody knows which path leads to them."""
    if name.startswith("location"):
        return max((_path_points(word, path) for word in text.split()), default=0) or -20
    if name.startswith("files"):
        return 30 if _names_file(text, posixpath.basename(path)) else -20
    return 0


def _names_file(text: str, name: str) -> bool:
    """Whether <Files> or <FilesMatch> is about a file of this name; httpd's patterns are Perl's, nearly ours."""
    word = text.removeprefix("~").strip().strip("\"'")
    if fnmatchcase(name, word):
        return True
    try:
        return re.search(word, name) is not None
    except re.error:
        return False


def _line_named(line: Line, hunk: Hunk, request: _Request) -> float:
    """Whether the very line is named, by the log or as the place of the answer."""
    if line.sign == "-":
        return 0
    if hunk.path in request.files and line.number in request.numbers:
        return 40
    return 60 if hunk.path == request.file and line.number == request.line else 0


def _host_points(line: Line, words: list[str], hunk: Hunk, request: _Request) -> float:
    """Whether the line belongs to the virtual host that answered; what belongs to all of them loses nothing."""
    names = line.around.names
    own = any(fnmatchcase(request.host, name) for name in names)
    if request.host and names and not own:
        return -30
    if line.sign == "+" and hunk.path == request.file and line.around.host_line == request.line is not None:
        return 30
    if own or (request.host and any(request.host == word.lower().strip("\"'") for word in words[1:])):
        return 25
    return 15 if hunk.path == request.file else 0


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
