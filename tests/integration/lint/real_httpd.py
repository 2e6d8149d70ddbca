"""What the real httpd makes of a configuration: what it refuses at which line, and what it has read."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from safedeploy.lint.files import Files

BINARY = "/usr/sbin/apache2"
MODULES = Path("/usr/lib/apache2/modules")
_READ_ERROR = re.compile(r"Syntax error on line (\d+) of ([^:\n]*): ")
_IN_MACRO = re.compile(r"macro '.*? used on line (\d+) of \"(.*?)\"")
_WALK_ERROR = re.compile(r"^AH00526: Syntax error on line (\d+) of (.*):$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Said:
    """`refused` is "read", "walk" or nothing, with the place; `read` are directives: file, line, name, arguments."""

    refused: str = ""
    place: tuple[str, int] | None = None
    output: str = ""
    read: list[tuple[str, int, str, str]] = field(default_factory=list)


def files(*tops: Path) -> Files:
    """Directories of this machine, as files that are known completely."""
    contents, links, directories = {}, {}, set()
    for top in tops:
        for path in (top, *top.rglob("*")):
            if path.is_symlink():
                links[str(path)] = str(path.readlink())
            elif path.is_dir():
                directories.add(str(path))
            else:
                contents[str(path)] = path.read_bytes()
    return Files(
        contents=contents,
        links=links,
        directories=frozenset(directories),
        complete=frozenset(str(top) for top in tops),
    )


def ask(main: Path, environment: dict[str, str]) -> Said:
    """Let httpd read a configuration that loads mod_info, and nothing more."""
    command = [BINARY, "-d", str(main.parent), "-f", str(main), "-t", "-D", "DUMP_CONFIG"]
    environment = {"PATH": os.environ["PATH"], **environment}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "surrogateescape")
    if walk := _WALK_ERROR.search(said):
        return Said(refused="walk", place=_place(walk[2], int(walk[1])), output=said)
    if found := list(_READ_ERROR.finditer(said)):
        return Said(refused="read", place=_place(found[-1][2], int(found[-1][1])), output=said)
    assert done.returncode == 0, said
    return Said(output=said, read=read_dump(done.stdout.decode("utf-8", "surrogateescape")))


def _place(file: str, line: int) -> tuple[str, int]:
    """The file and line; in a macro, those of its use."""
    inside = list(_IN_MACRO.finditer(file))
    return (inside[-1][2], int(inside[-1][1])) if inside else (file, line)


def read_dump(text: str) -> list[tuple[str, int, str, str]]:
    """The output of DUMP_CONFIG: file, line, name, arguments of each directive and section."""
    found, file, line = [], "", 0
    for raw in text.splitlines():
        stripped = raw.strip()
        if stripped.startswith("# In file: "):
            file = stripped.removeprefix("# In file: ")
        elif at := re.fullmatch(r"#\s+(\d+):", stripped):
            line = int(at[1])
        elif stripped and not stripped.startswith("</"):
            name, _, arguments = stripped.partition(" ")
            found.append((file, line, name.strip("<>").lower(), arguments.rstrip(">").strip()))
    return found
