"""Which changes a graceful reload cannot apply, as far as the changed text tells.

A hint for the plan; the preflight asks httpd itself on the host. Source: the httpd 2.4 documentation of each directive
("changes to this directive are not picked up on a graceful restart") and of stopping and restarting.
"""

from __future__ import annotations

import re

_DIRECTIVES = re.compile(
    r"^\s*(?P<name>ServerLimit|ThreadLimit|PidFile|ScoreBoardFile|LoadModule\s+mpm_\w+)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)


def restart_reasons(path: str, before: bytes | None, after: bytes | None) -> list[str]:
    """Sentences that say why this file's change needs a restart; none when graceful is enough."""
    old, new = _found(before), _found(after)
    return [f"{path}: {line}" for line in sorted(old ^ new)]


def _found(content: bytes | None) -> set[str]:
    text = (content or b"").decode("utf-8", "replace")
    return {" ".join(match.group(0).split()) for match in _DIRECTIVES.finditer(text)}
