r"""A parser for access logs, made from the format that wrote them. Pure.

Format source: modules/loggers/mod_log_config.c of httpd 2.4. What came from the client is written with `\"`, `\\`,
`\xhh` and the like; an item that is not known here is passed over.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Match

COMMON = '%h %l %u %t "%r" %>s %b'
_ITEM = re.compile(r"%[!,\d]*[<>]*(?:\{(?P<argument>[^}]*)\})?[<>]*(?P<letter>\^[A-Za-z]{2}|[A-Za-z%])")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_QUOTED = r'(?:[^"\\]|\\.)*'
_WANTED = {"h": "host", "m": "method", "r": "request", "U": "path", "q": "query", "s": "status", "v": "server",
           "V": "name", "A": "address", "t": "time", "D": "us"}  # fmt: skip
_TAKEN = {None: "s", "": "s", "s": "s", "ms": "ms", "us": "us"}


class Parser:
    """Reads lines of one format into {field: text}: host, client, peer, request, method, path, query, status, ...

    `time` is the usual one, `time:FORMAT` another (there may be several in a line). How long the request took is in
    `us`, `ms` or `s`, by its unit.
    """

    def __init__(self, text: str) -> None:
        self.fields: list[str] = []
        pieces: list[str] = []
        position, literal = 0, ""
        items = list(_ITEM.finditer(text))
        for number, item in enumerate(items):
            before = _plain(text[position : item.start()])
            following = items[number + 1].start() if number + 1 < len(items) else len(text)
            position = item.end()
            literal += before
            if item.group("letter") == "%":
                literal += "%"
                continue
            pieces.append(re.escape(literal))
            pieces.append(self._piece(item, literal[-1:], _plain(text[position:following])[:1]))
            literal = ""
        pieces.append(re.escape(literal + _plain(text[position:])))
        self._line = re.compile("^" + "".join(pieces) + "$")

    @property
    def tells_requests(self) -> bool:
        """Whether its lines say what was asked for."""
        return "request" in self.fields or "path" in self.fields

    def read(self, line: str) -> dict[str, str] | None:
        """The fields of a line, with escapes resolved; None when it is not of this format."""
        match = self._line.match(line)
        if match is None:
            return None
        found: dict[str, str] = {}
        for field, value in zip(self.fields, match.groups()):
            if value not in (None, "-") and field not in found:
                found[field] = unescaped(value)
        return found

    def _piece(self, item: Match[str], before: str, after: str) -> str:
        field = _field(item.group("letter"), item.group("argument"))
        if item.group("letter") == "t" and not item.group("argument"):
            pattern = r"\[[^\]]*\]"
        elif before == '"' and after == '"':
            pattern = _QUOTED
        elif item.group("letter") in "rutU" or not (after == "" or after.isspace()):
            # These may hold blanks; or what follows is no blank to stop at. Few, because each may try every length.
            pattern = ".*?"
        else:
            pattern = r"\S*"
        if field is None:
            return f"(?:{pattern})"
        self.fields.append(field)
        return f"({pattern})"


def _field(letter: str, argument: str | None) -> str | None:
    if letter == "a":
        return "peer" if argument == "c" else "client"
    if letter == "p":
        return "port" if argument in (None, "", "canonical", "local") else None
    if letter == "i" and argument:
        return f"header:{argument.lower()}"
    if letter == "T":
        return _TAKEN.get(argument)
    if letter == "t" and argument:
        return f"time:{argument}"
    return _WANTED.get(letter) if not argument else None


def _plain(text: str) -> str:
    r"""The literal text of a format: \n and \t are written so, any other escaped character is itself."""
    return _ESCAPE.sub(lambda match: _CONTROL.get(match.group(2) or "", match.group(2) or match.group(0)), text)


def unescaped(text: str) -> str:
    """What was logged, from how it was written; each character is a byte (latin-1)."""

    def one(match: Match[str]) -> str:
        return chr(int(match.group(1), 16)) if match.group(1) else _CONTROL.get(match.group(2), match.group(2))

    return _ESCAPE.sub(one, text) if "\\" in text else text
