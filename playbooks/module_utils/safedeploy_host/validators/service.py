"""Another service of this host, through systemd where it runs, else through the `service` program.

An *item* is what is to be reloaded for some changed files; it is kept in state.json until the activation is settled:

    {"name": "nginx", "unit": "nginx" or null, "argv": [reload], "files": [..],
     "running": true, false, or null where that cannot be told}
"""

from __future__ import annotations

import os

from .. import control
from .choose import words_of
from .commands import program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

TIMEOUT = 30.0
_PLAIN: dict[str, dict[str, str]] = {"httpd": {}}
_INIT = "/etc/init.d"


def systemd_runs() -> bool:
    """Whether systemd is this machine's init; the test is that of sd_booted(3)."""
    return os.path.isdir("/run/systemd/system")


def unit(definition: Json, number: str) -> str | None:
    """The first of a definition's services that this host has."""
    for name in definition.get("services", ()):
        (word,) = words_of([name], number)
        if _is_there(word):
            return word
    return None


def _is_there(name: str) -> bool:
    if systemd_runs():
        said = _run(["systemctl", "show", "--property=LoadState", name]).output
        return said.strip().endswith("=loaded")
    return os.access(f"{_INIT}/{name}", os.X_OK)


def command(name: str, verb: str) -> list[str]:
    """How this host is told to do something with a service."""
    return ["systemctl", verb, name] if systemd_runs() else ["service", name, verb]


def running(name: str | None) -> bool | None:
    """Whether a service runs; None where there is nothing to ask."""
    if name is None:
        return None
    words = ["systemctl", "is-active", "--quiet", name] if systemd_runs() else ["service", name, "status"]
    return _run(words).ok


def tell(argv: list[str]) -> str | None:
    """Run a reload or a start; None when it went well, else what was said."""
    where = program(argv[0])
    if where is None:
        return f"{argv[0]} is not installed on this host"
    outcome = _run([where, *argv[1:]])
    return None if outcome.ok else outcome.explained()


def _run(argv: list[str]) -> control.Outcome:
    return control.run(argv, _PLAIN, timeout=TIMEOUT)
