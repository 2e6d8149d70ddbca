"""Secrets are never shown: masking by value, in every form in which a value may turn up. Pure.

Masked are the secret values themselves (each line of those with several, and the escaped, URL-encoded and base64 forms,
also where they are only a part of what was encoded, as in HTTP basic authentication) and every private key in PEM form,
whoever put it there. Values shorter than `SHORTEST` letters and everyday words are left alone: hiding each "on" in a
diff hides everything and protects nothing.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK = "********"
SHORTEST = 4
# In base64 the letters at both ends depend on the neighbours, so that short values leave too little to recognise.
SHORTEST_ENCODED = 6
EVERYDAY = frozenset({"true", "false", "none", "null", "root", "localhost", "default"})
SPACE = re.compile(r"\s+")
PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----)(.*?)(-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL
)


class Masker:
    """Hides a set of secret values in any text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms = sorted({form for secret in secrets for form in forms(secret)}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return the text with every occurrence of a secret replaced by asterisks."""
        return PRIVATE_KEY.sub(_hide_body, self._replace(text))

    def found_in(self, value: object) -> bool:
        """Whether a secret is in any text of a value of JSON, names of members included."""
        if isinstance(value, Mapping):
            return any(self.found_in(one) for pair in value.items() for one in pair)
        if isinstance(value, list | tuple):
            return any(map(self.found_in, value))
        return self.text(str(value)) != str(value)

    def old_text(self, old: str, new: str) -> str:
        """Return old text with its secrets hidden, among them those that are known only by their place in the new text.

        `new` is the rendered text, not masked. A rotated password's old value is in no vault any more; but the line
        around it is the same, so what stands in the old line where the new one has a secret is hidden.
        """
        patterns, whole = self._patterns(new)
        lines = self.text(old).split("\n")
        if patterns:
            lines = [_hide_groups(line, patterns) for line in lines]
        if whole:  # a line that is nothing but a secret has no context: hide what the new text does not have
            kept = set(new.split("\n"))
            lines = [line if line in kept or not line.strip() else MASK for line in lines]
        return "\n".join(lines)

    def _patterns(self, new: str) -> tuple[list[re.Pattern[str]], bool]:
        """Return a pattern for each line with a secret, and whether there is one without anything else in it."""
        patterns: dict[str, re.Pattern[str]] = {}
        whole = False
        present = [form for form in self._forms if form in new]
        for line in map(str.strip, new.split("\n") if present else ()):
            spans = _spans(line, present)
            if not spans:
                continue
            parts = [
                line[end:start] for (_, end), (start, _) in zip([(0, 0), *spans], [*spans, (len(line), 0)], strict=True)
            ]
            if not any(letter.isalnum() for letter in "".join(parts)):
                whole = True
                continue
            source = "(.*?)".join(r"\s+".join(map(re.escape, SPACE.split(part))) for part in parts)
            patterns.setdefault(source, re.compile(source))
        return list(patterns.values()), whole

    def _replace(self, text: str) -> str:
        result, position = [], 0
        for start, end in _spans(text, [form for form in self._forms if form in text]):
            result += [text[position:start], MASK]
            position = end
        return "".join([*result, text[position:]])


def forms(secret: str) -> Iterator[str]:
    """Yield every form of a secret that is to be hidden."""
    values = {secret, secret.strip(), *(line.strip() for line in secret.splitlines())}
    for value in values:
        if len(value) < SHORTEST or value.lower() in EVERYDAY:
            continue
        yield value
        yield quote(value, safe="")
        yield quote(value)
        yield quote_plus(value)
        yield json.dumps(value)[1:-1]
        yield json.dumps(value, ensure_ascii=False)[1:-1]
        yield html.escape(value)
        yield from _encoded(value.encode())
    if secret.strip() and len(secret) >= SHORTEST:
        yield base64.b64encode(secret.encode()).decode()


def _encoded(value: bytes) -> Iterator[str]:
    """Yield the base64 form alone and at each of the three offsets that it may have within a longer text."""
    if len(value) < SHORTEST_ENCODED:
        if len(value) >= SHORTEST:
            yield base64.b64encode(value).decode()
        return
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + value).decode()
        sure = text[(0, 2, 3)[offset] : (offset + len(value)) * 8 // 6]
        yield sure
        yield sure.replace("+", "-").replace("/", "_")


def _spans(text: str, present: list[str]) -> list[tuple[int, int]]:
    """Return where the forms are, overlapping ones joined, in order."""
    found: list[tuple[int, int]] = []
    for form in present:
        start = text.find(form)
        while start >= 0:
            found.append((start, start + len(form)))
            start = text.find(form, start + 1)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _hide_body(match: re.Match[str]) -> str:
    begin, body, end = match.groups()
    return f"{begin}\n{MASK}\n{end}" if body.strip() else match.group()


def _hide_groups(line: str, patterns: list[re.Pattern[str]]) -> str:
    """Hide what the first matching pattern has a wildcard for; spaces around the line do not matter."""
    start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    for pattern in patterns:
        match = pattern.fullmatch(line, start, end)
        if match is not None:
            for number in range(len(match.groups()), 0, -1):
                first, last = match.span(number)
                line = line[:first] + MASK + line[last:]
            return line
    return line
