"""What httpd itself warns of for the candidate and not for live; what says nothing about requests is left out."""

from __future__ import annotations

from ..later import regex
from .raised import WARNING, finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Json = dict[str, Any]

# No ServerName for the main server; NameVirtualHost without an effect; a module that is loaded twice.
_HARMLESS = ("AH00558", "AH00548", "AH01574")
# Told by rules of their own, with the line that they are about.
_TOLD = ("AH00111", "AH00112", "AH00547")
_CHANGING = regex(r"^\[[^\]]*\] |\[pid \d+(?::tid \d+)?\] |^(?:apache2|httpd): ")
_CODE = regex(r"\bAH\d{5}\b")


def warned(live: Json, candidate: Json) -> Iterator[Json]:
    """A warning for each that is new."""
    before = {_bare(line) for line in live["warnings"]}
    for text in dict.fromkeys(_bare(line) for line in candidate["warnings"]):
        code = _CODE.search(text)
        if text not in before and not (code and code.group(0) in _HARMLESS + _TOLD):
            yield finding(
                "httpd-warns",
                f"httpd warns: {text.rstrip('.')}",
                severity=WARNING,
                remedy="Read what it says; it was not so before",
            )


def _bare(line: str) -> str:
    """A warning without what differs each time."""
    return _CHANGING.sub("", line).strip()
