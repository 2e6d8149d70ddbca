"""The environment and the arguments that httpd is started with, from Debian's envvars file.

The file is a shell script. What can be told for certain without running it is taken from it; the rest is not known.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

_ASSIGNMENT = re.compile(r"^(export\s+)?([A-Za-z_]\w*)=(.*)$")
_EXPORT = re.compile(r"^export((?:\s+[A-Za-z_]\w*)+)$")
_UNSET = re.compile(r"^unset((?:\s+[A-Za-z_]\w*)+)$")
_REFERENCE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_INSTANCE = "/etc/apache2-"
_BEGINS, _ENDS = ("if ", "case ", "for ", "while "), ("fi", "esac", "done")


@dataclass(frozen=True, kw_only=True)
class Environment:
    """`values` are what httpd sees, None for one that is not known; `flags` the names that it is started with (-D)."""

    values: dict[str, str | None]
    flags: frozenset[str] | None


def read_envvars(text: str, server_root: str) -> Environment:
    """What an envvars file sets."""
    shell: dict[str, str | None] = {"SUFFIX": "-" + server_root.removeprefix(_INSTANCE)}
    if not server_root.startswith(_INSTANCE):
        shell["SUFFIX"] = ""
    exported: set[str] = set()
    arguments: str | None = ""
    deep = 0
    for raw in text.splitlines():
        line = raw.strip()
        deep += line.startswith(_BEGINS)
        if assigned := _ASSIGNMENT.match(line):
            name = assigned[2]
            # Debian's own condition decides on the suffix of a second instance, which is known.
            if not (deep and name == "SUFFIX"):
                shell[name] = None if deep else _value(assigned[3], shell)
            if assigned[1]:
                exported.add(name)
            if name == "APACHE_ARGUMENTS":
                arguments = shell[name]
        elif named := _EXPORT.match(line):
            exported.update(named[1].split())
        elif named := _UNSET.match(line):
            exported.difference_update(named[1].split())
        deep -= line.partition(";")[0].strip() in _ENDS and deep > 0
    return Environment(values={name: shell.get(name) for name in exported}, flags=_flags(arguments))


def _value(text: str, shell: dict[str, str | None]) -> str | None:
    text = text.strip()
    single = text.startswith("'") and text.count("'") == 2
    if not single and ("`" in text or "$(" in text):
        return None
    try:
        words = shlex.split(text, comments=True)
    except ValueError:
        return None
    value = words[0] if words else ""
    if single:
        return value
    unknown = [name for match in _REFERENCE.finditer(value) if shell.get(name := match[1] or match[2]) is None]
    if unknown or "${" in _REFERENCE.sub("", value):
        return None
    return _REFERENCE.sub(lambda match: shell.get(match[1] or match[2]) or "", value)


def _flags(arguments: str | None) -> frozenset[str] | None:
    if arguments is None:
        return None
    words, flags = arguments.split(), set()
    for number, word in enumerate(words):
        if word == "-D":
            flags.update(words[number + 1 : number + 2])
        elif word.startswith("-D"):
            flags.add(word[2:])
    return frozenset(flags)
