"""Ask a real httpd in which sections it takes each directive.

Where a directive may stand is only half told by its table: many handlers look for themselves whether they are inside
`<VirtualHost>`, `<Directory>` or `<Location>`. So each directive is put into each kind of section, with as many
arguments as it takes, and httpd's own test is asked. A complaint about anything but the place means that the place is
fine.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scripts.module_commands import Command

ANYWHERE, RSRC_CONF = 255, 128  # http_config.h: outside of all sections that hold for a part of the requests
OUTSIDE = ("server", "vhost")
SECTIONS = {
    "server": ("", ""),
    "vhost": ("<VirtualHost *:80>", "</VirtualHost>"),
    "directory": ("<Directory /srv>", "</Directory>"),
    "location": ("<Location /x>", "</Location>"),
    "files": ("<Files x>", "</Files>"),
    "if": ('<If "true">', "</If>"),
    "proxy": ('<Proxy "http://x.example/">', "</Proxy>"),
    "limit": ("<Directory /srv>\n<Limit GET>", "</Limit>\n</Directory>"),
}
# What each way of taking arguments is given; the handler sees the place before it judges a value.
ARGUMENTS = {
    "flag": "On", "none": "", "1": "x", "1-2": "x", "1-3": "x", "1|3": "x", "2": "x x", "2-3": "x x", "3": "x x x",
    "iterate": "x", "iterate2": "x x", "argv": "x", "raw": "x x",
}  # fmt: skip
ABOUT_THE_PLACE = re.compile(
    r"cannot occur within|not allowed (?:here|in)|not (?:valid|supported) in|outside of"
    r"|only (?:be used|valid|allowed) (?:in|within)"
)


def all_places(
    binary: Path, preamble: str, wanted: Iterable[Command], directory: Path, *, at_once: int = 1
) -> dict[str, list[str]]:
    """The kinds of sections in which httpd takes each directive. `preamble` loads the modules."""
    commands: Sequence[Command] = list(wanted)
    trial = Trial(binary=binary, preamble=preamble, directory=directory)
    with ThreadPoolExecutor(at_once) as pool:
        found = pool.map(trial.places, commands)
        return {command.name: one for command, one in zip(commands, found, strict=True)}


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How directives are tried: by which httpd, after which lines, with files in which directory."""

    binary: Path
    preamble: str
    directory: Path

    def places(self, command: Command) -> list[str]:
        """The kinds of sections in which httpd takes one directive."""
        kinds = OUTSIDE if command.allowed & ANYWHERE == RSRC_CONF else SECTIONS
        return [kind for kind in kinds if self._takes(command, kind)]

    def _takes(self, command: Command, kind: str) -> bool:
        opened, closed = SECTIONS[kind]
        line = f"{command.name} {ARGUMENTS[command.how]}"
        if command.name.startswith("<"):
            line = f"{command.name} x>\n</{command.name[1:]}>"
        file = self.directory / f"{command.name.strip('<')}-{kind}.conf"
        file.write_text(f"{self.preamble}\n{opened}\n{line}\n{closed}\n")
        done = subprocess.run(
            [self.binary, "-t", "-f", file],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
        )
        file.unlink()
        return done.returncode == 0 or ABOUT_THE_PLACE.search(done.stdout + done.stderr) is None
