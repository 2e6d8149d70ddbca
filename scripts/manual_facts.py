"""Facts that httpd's manual tells and its program does not: since which 2.4.x, on which page, on which platform.

Only facts are taken, no text. The manual is that of Debian's package apache2-doc.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGES = "usr/share/doc/apache2-doc/manual/en/mod"
SINCE = re.compile(
    r"(?:\w+ is )?(?:only )?(?:(?:available|added|supported|directive supported) (?:in|from|since) )?"
    r"(?:version |apache |http server |httpd )*2\.4\.(\d+)",
    re.IGNORECASE,
)
PLATFORM = re.compile(r"windows|win32|netware|solaris|systemd", re.IGNORECASE)


def facts(unpacked: Path) -> dict[str, dict[str, Any]]:
    """By lower-case name of a directive: `page`, and where it says so `since` (the 2.4.x) and `platform`."""
    found: dict[str, dict[str, Any]] = {}
    for page in sorted((unpacked / PAGES).glob("*.html")):
        head, *parts = page.read_text(errors="replace").split('<div class="directive-section">')
        module = _row("Compatibility", head)
        for name, table in _directives(parts):
            said = [_row("Compatibility", table), module]
            fact = found.setdefault(name.lower(), {"name": name, "page": page.stem})
            since = [int(match[1]) for text in said if (match := SINCE.match(text))]
            platform = next((match[0].lower() for text in said if (match := PLATFORM.search(text))), None)
            fact |= {"since": f"2.4.{max(since)}"} if since else {}
            fact |= {"platform": platform.replace("win32", "windows")} if platform else {}
    return found


def _directives(parts: list[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if (match := re.search(r'<h2 id="[^"]*"><span id="[^"]*">(.*?)</span> Directive', part)) is not None:
            name = html.unescape(match[1])
            yield (name[:-1] if name.startswith("<") else name), part.partition("</table>")[0]


def _row(name: str, table: str) -> str:
    match = re.search(rf"{name}:</a></th><td>(.*?)</td>", table, re.DOTALL)
    return " ".join(html.unescape(re.sub("<.*?>", "", match[1])).split()) if match else ""
