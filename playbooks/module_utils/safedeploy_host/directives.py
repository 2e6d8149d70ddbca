"""Reads configuration files the way httpd finds them: directives with file and line, following Include.

A reader, not a judge: what <IfModule> or <IfDefine> would leave out is read too, with those conditions. Works on a
configuration that httpd refuses.
"""

from __future__ import annotations

import glob
import os

from .later import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Tuple

    Json = dict[str, Any]
    Condition = Tuple[str, str]

_DEPTH = 20
_LARGEST = 4 * 1024 * 1024
_WORD = regex(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'|(\S+)')
_VARIABLE = regex(r"\$\{(\w+)\}")
_EXPORT = regex(r"^\s*(?:export\s+)?([A-Za-z_]\w*)=(\S*)")


class Directive:
    """One directive or section line: `name` in lower case ("<virtualhost" for a section), `args` without quotes.

    `raw` is the text after the name as it is written; `conditions` are the <IfModule> and <IfDefine> around it, such as
    ("ifmodule", "!mod_ssl.c"), outermost first.
    """

    def __init__(self, name: str, args: list[str], place: tuple[str, int]) -> None:
        self.name = name
        self.args = args
        self.file, self.line = place
        self.raw = ""
        self.conditions: tuple[Condition, ...] = ()

    def applies(self, modules: Iterable[str], defines: Iterable[str]) -> bool:
        """Whether httpd obeys it with these modules (as in -M) and defined names."""
        return all(holds(condition, set(modules), set(defines)) for condition in self.conditions)


class Reader:
    """Reads a site's configuration. `files` are those that were read, `directories` those searched for more."""

    def __init__(self, site: Json) -> None:
        self.root = site["server_root"]
        self.main = site["httpd"]["main_config"]
        self.variables: dict[str, str] = {**_envvars(f"{self.root}/envvars"), **site["httpd"].get("env", {})}
        self.files: list[str] = []
        self.directories: set[str] = set()

    def directives(self) -> Iterator[Directive]:
        """All directives in the order in which httpd reads them."""
        return self._read(self.main, ())

    def resolve(self, path: str) -> str:
        """An absolute path: variables replaced, relative to the server root."""
        return joined(self.root, self.expand(path))

    def expand(self, text: str) -> str:
        """The text with the variables that are known so far."""
        return _VARIABLE.sub(lambda match: self.variables.get(match.group(1), match.group(0)), text)

    def _read(self, path: str, outer: tuple[Condition, ...], within: tuple[str, ...] = ()) -> Iterator[Directive]:
        real = os.path.realpath(path)
        if len(within) > _DEPTH or real in within:  # a file that includes itself, mostly by a pattern: httpd refuses it
            return
        within = (*within, real)
        self.files.append(path)
        conditions = outer
        for number, line in _logical_lines(path):
            directive = _directive(line, (path, number))
            if directive is None:
                continue
            directive.conditions = conditions
            yield directive
            if directive.name in ("<ifmodule", "<ifdefine"):
                conditions = (*conditions, (directive.name[1:], " ".join(directive.args)))
            elif directive.name in ("</ifmodule", "</ifdefine"):
                conditions = conditions[:-1]
            elif directive.name == "define" and directive.args:
                self.variables[directive.args[0]] = " ".join(directive.args[1:2])
            elif directive.name in ("include", "includeoptional") and directive.args:
                for included in self._matches(self.resolve(directive.args[0])):
                    yield from self._read(included, conditions, within)

    def _matches(self, pattern: str) -> list[str]:
        # Of these functions none raises for a path that is too long, or that this user may not look at.
        if os.path.isdir(pattern):
            self.directories.add(pattern)
            found = [os.path.join(directory, name) for directory, _, names in os.walk(pattern) for name in names]
        else:
            if glob.has_magic(pattern):
                self.directories.update(path for path in glob.glob(os.path.dirname(pattern)) if os.path.isdir(path))
            found = glob.glob(pattern)
        return sorted(path for path in found if os.path.isfile(path))


def joined(directory: str, path: str) -> str:
    """A path from an absolute directory on, without empty parts and `.`; of `..` only the kernel knows the meaning."""
    return "/" + "/".join(part for part in os.path.join(directory, path).split("/") if part not in ("", "."))


def _logical_lines(path: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations joined, by the number of the first; none of a file that cannot be read."""
    try:
        with open(path, "rb") as stream:
            text = stream.read(_LARGEST).decode("utf-8", "replace")
    except OSError:
        return
    start, parts = 1, []  # type: int, list[str]
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        yield start, "".join([*parts, line])
        start, parts = number + 1, []
    if parts:
        yield start, "".join(parts)


def _directive(line: str, place: tuple[str, int]) -> Directive | None:
    text = line.strip()
    if not text or text.startswith("#"):
        return None
    if text.startswith("<") and text.endswith(">"):
        text = text[:-1]
    name, _, rest = text.partition(" ") if " " in text else text.partition("\t")
    args = [next(part for part in match.groups() if part is not None) for match in _WORD.finditer(rest)]
    directive = Directive(name.lower(), args, place)
    directive.raw = rest.strip()
    return directive


def holds(condition: Condition, modules: set[str], defines: set[str]) -> bool:
    """Whether an <IfModule> or <IfDefine> is true with these modules (as in -M) and defined names."""
    kind, name = condition
    wanted = not name.startswith("!")
    name = name.lstrip("!")
    if kind == "ifdefine":
        return (name in defines) == wanted
    # By identifier, or by the source file that it comes from; those of the MPMs have no prefix.
    stem = name[: -len(".c")] if name.endswith(".c") else None
    stem = stem[len("mod_") :] if stem and stem.startswith("mod_") else f"mpm_{stem}" if stem else None
    return ((f"{stem}_module" if stem else name) in modules) == wanted


def _envvars(path: str) -> dict[str, str]:
    """Plain assignments of Debian's envvars; what the shell would compute stays as it is."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        match = _EXPORT.match(line)
        if match:
            value = match.group(2).strip("\"'").replace("$SUFFIX", "")
            found[match.group(1)] = _VARIABLE.sub(lambda known: found.get(known.group(1), ""), value)
    return found
