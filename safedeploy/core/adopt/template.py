"""Makes one template of texts that differ a little, such that each comes out again byte for byte. Pure.

Texts are alike when they have the same number of lines and the lines that differ have the same directive: then the
words that differ become slots. What is Jinja's in the text itself is escaped, so that nothing that a host has written
is ever evaluated. Not everything survives Jinja (other line ends than LF, for one): such texts are `unfit`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_SLOTS = 40
_LARGEST = 256 * 1024
_LONGEST_LINE = 1000
_WORDS = re.compile(r"[^\s\"'<>=,;()]+|\s+|[\"'<>=,;()]")
_PARTS = re.compile(r"://|[^:/]+|[:/]")
_WORD = re.compile(r"</?\w+|(?:export[ \t]+)?\w+")
_JINJA = re.compile(r"\{(?=[{%#])")


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A word that differs: its value in each text, and where it stands (the text before it on its line)."""

    values: tuple[str, ...]
    before: str


Piece = str | Slot


def unfit(data: bytes) -> str | None:
    """Why a content cannot be a template that brings it back byte for byte; None when it can."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "not UTF-8"
    if "\r" in text:
        return "line ends other than LF"
    if "\0" in text or text.startswith(("\ufeff", "#jinja2:", "$ANSIBLE_VAULT")) or len(data) > _LARGEST:
        return "not a text that a template can hold"
    return None


def align(texts: Sequence[str]) -> tuple[Piece, ...] | None:
    """The common text with slots where the texts differ; None when they are not alike."""
    lines = [text.split("\n") for text in texts]
    if len({len(one) for one in lines}) != 1:
        return None
    pieces: list[Piece] = []
    for number, row in enumerate(zip(*lines, strict=True)):
        if number:
            pieces.append("\n")
        if len(set(row)) == 1:
            pieces.append(row[0])
            continue
        found = _align_line(row)
        if found is None:
            return None
        pieces += found
    slots = sum(isinstance(piece, Slot) for piece in pieces)
    return _joined(pieces) if slots <= MOST_SLOTS else None


def _align_line(row: Sequence[str]) -> list[Piece] | None:
    if max(map(len, row)) > _LONGEST_LINE:
        return None
    parted = [_parted(line) for line in row]
    found = [one for one in parted if one is not None]
    if len(found) != len(parted) or len({(head, tail) for head, _, tail in found}) != 1:
        return None
    head, _, tail = found[0]
    rests = [rest for _, rest, _ in found]
    words = [_WORDS.findall(rest) for rest in rests]
    if len({len(one) for one in words}) != 1 or not all(
        len(set(column)) == 1 or not any(word.isspace() or word in "\"'<>=,;()" for word in column)
        for column in zip(*words, strict=True)
    ):
        return [head, Slot(values=tuple(rests), before=head), tail]
    pieces: list[Piece] = [head]
    for column in zip(*words, strict=True):
        pieces += _align_word(column, "".join(piece for piece in pieces if isinstance(piece, str)))
    return [*pieces, tail]


def _parted(line: str) -> tuple[str, str, str] | None:
    """A line as its directive, its arguments, and what ends it; None without arguments.

    No expression for the whole line: a host could write lines that one would take minutes for.
    """
    bare = line.lstrip()
    start = len(line) - len(bare)
    hashes = len(bare) - len(bare.lstrip("#"))
    comment = start + hashes + len(bare[hashes:]) - len(bare[hashes:].lstrip())
    word = _WORD.match(line, comment)
    head = comment if hashes else 0
    if word is not None and line[word.end() : word.end() + 1].isspace():
        head = len(line) - len(line[word.end() :].lstrip())
    elif word is not None and line[word.end() : word.end() + 1] == "=" and not word.group().startswith("<"):
        head = word.end() + 1
    body = line[head:]
    rest = body.rstrip()
    if rest.endswith(">"):
        rest = rest[:-1].rstrip() or rest
    if not head or not rest or rest[0].isspace():
        return None
    return line[:head], rest, body[len(rest) :]


def _align_word(column: Sequence[str], before: str) -> list[Piece]:
    """A word as it is, as one slot, or in parts where it is an address or a path after a variable."""
    if len(set(column)) == 1:
        return [column[0]]
    parts = [_PARTS.findall(word) for word in column]
    whole = [Slot(values=tuple(column), before=before)]
    if column[0].startswith("/") or len({len(one) for one in parts}) != 1:
        return [*whole]
    pieces: list[Piece] = []
    for part in zip(*parts, strict=True):
        if len(set(part)) == 1:
            pieces.append(part[0])
        elif any(one in (":", "/", "://") for one in part):
            return [*whole]
        else:
            text = before + "".join(piece if isinstance(piece, str) else "*" for piece in pieces)
            pieces.append(Slot(values=tuple(part), before=text))
    return pieces


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbouring texts as one, empty ones left out."""
    found: list[Piece] = []
    for piece in pieces:
        if piece == "":
            continue
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(found)


def source(pieces: Sequence[Piece], expressions: Mapping[Slot, str]) -> str:
    """The Jinja2 source: `expressions` has what stands for each slot, such as `server_name`."""
    found: list[str] = []
    for number, piece in enumerate(pieces):
        if isinstance(piece, Slot):
            found.append(f"{{{{ {expressions[piece]} }}}}")
            continue
        text = _JINJA.sub("{{ '{' }}", piece)
        # A brace just before an expression would be read together with those of the expression.
        if text.endswith("{") and number + 1 < len(pieces):
            text = text[:-1] + "{{ '{' }}"
        found.append(text)
    return "".join(found)
