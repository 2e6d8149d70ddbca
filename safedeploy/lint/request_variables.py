"""Variables of a request (SetEnvIf and others): which directive sets one, and which asks for one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint.resolve.statement import Statement

# From which argument on the variables stand.
_SETTING = {"setenvif": 2, "setenvifnocase": 2, "browsermatch": 1, "browsermatchnocase": 1, "setenvifexpr": 1}
# An action of ModSecurity: setenv:NAME=value, or with the whole in quotes.
_SECURITY = re.compile(r"(?:^|[,\s])setenv:'?([^=,'\s!]+)", re.IGNORECASE)


def set_by(statement: Statement) -> Iterator[str]:
    """The names that a directive sets."""
    if statement.key in _SETTING:
        for word in statement.arguments[_SETTING[statement.key] :]:
            if not word.startswith("!"):
                yield word.split("=", 1)[0]
    elif statement.key in ("secaction", "secrule") and statement.arguments:
        yield from _SECURITY.findall(statement.arguments[-1])
    elif statement.key in ("setenv", "maxminddbenv"):
        yield from statement.arguments[:1]
    elif statement.key == "passenv":
        yield from statement.arguments
    elif statement.key == "rewriterule" and len(statement.arguments) > 2:
        for flag in statement.arguments[2].strip("[]").split(","):
            kind, _, value = flag.strip().partition("=")
            if kind.lower() in ("e", "env") and not value.startswith("!"):
                yield value.split(":", 1)[0]


def asked_by(statement: Statement) -> Iterator[str]:
    """The names that a directive makes its effect depend on, with `env=NAME`, `env=!NAME` or `Require env NAME`."""
    words = statement.arguments
    if statement.key in ("header", "requestheader", "customlog"):
        last = words[-1] if len(words) > 1 else ""
        if last.lower().startswith("env="):
            yield last[len("env=") :].removeprefix("!")
    elif statement.key in ("allow", "deny"):
        for word in words:
            if word.lower().startswith("env="):
                yield word[len("env=") :].removeprefix("!")
    elif statement.key == "require":
        rest = words[1:] if words[:1] and words[0].lower() == "not" else words
        if rest[:1] and rest[0].lower() == "env":
            yield from rest[1:]
