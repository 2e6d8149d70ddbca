"""What .htaccess may do in a directory: AllowOverride and AllowOverrideList of the <Directory> sections above it.

httpd goes down from / and takes at each directory the sections for it: those of the main server before those of the
virtual host, in the order of the configuration, wildcards among them. Sections with a regular expression come after
all .htaccess files and decide nothing here.
Source: https://github.com/apache/httpd/blob/2.4.x/server/request.c (ap_directory_walk), .../server/core.c
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from safedeploy.lint.resolve.configuration import Overrides
from safedeploy.lint.resolve.paths import is_pattern, pattern
from safedeploy.lint.resolve.statement import Enclosing, Statement

OVERRIDES = frozenset({"allowoverride", "allowoverridelist"})
CLASSES = frozenset({"authconfig", "fileinfo", "indexes", "limit", "options"})


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What is allowed, and whether that is sure.

    `settled`: an AllowOverride of a virtual host for this very directory decides, and nothing that is read elsewhere
    comes after it.
    """

    overrides: Overrides
    certain: bool
    settled: bool = False


def section_directory(section: Enclosing) -> str | None:
    """The directory or pattern of a <Directory>, with a slash at its end; None for a regular expression."""
    if section.key != "directory" or not section.arguments or section.arguments[0] == "~":
        return None
    return section.arguments[0].rstrip("/") + "/"


def decide_overrides(server: Iterable[Statement], directory: str) -> Decided:
    """What .htaccess may do in `directory`, by the statements of the main server and then those of a virtual host."""
    levels = _levels(directory)
    found: list[tuple[int, Statement]] = []
    certain = True
    for statement in server:
        if statement.key not in OVERRIDES or statement.active is False:
            continue
        section = statement.context.sections[-1] if statement.context.sections else None
        path = section_directory(section) if section else None
        if path is None or not _covers(path, levels):
            continue
        certain = certain and statement.active is True and statement.certain and "${" not in path
        found.append((path.count("/"), statement))
    overrides = Overrides()
    ordered = [statement for _, statement in sorted(found, key=lambda one: one[0])]
    for statement in ordered:
        overrides = _applied(statement, overrides)
    settled = bool(ordered) and certain and _settles(ordered[-1], levels[-1])
    return Decided(overrides=overrides, certain=certain, settled=settled)


def _settles(last: Statement, level: str) -> bool:
    """Whether the last statement holds whatever else the main server says: the virtual host's own come after that."""
    section = last.context.sections[-1]
    return last.key == "allowoverride" and last.context.host is not None and section_directory(section) == level


def _levels(directory: str) -> list[str]:
    levels, path = ["/"], "/"
    for part in directory.split("/"):
        if part:
            path += f"{part}/"
            levels.append(path)
    return levels


def _covers(path: str, levels: list[str]) -> bool:
    if not is_pattern(path):
        return path in levels
    wanted = pattern(path, hidden=True)
    return any(wanted.fullmatch(level) for level in levels)


def _applied(statement: Statement, before: Overrides) -> Overrides:
    if statement.key == "allowoverridelist":
        names = frozenset(name.lower() for name in statement.arguments) - {"none"}
        return Overrides(classes=before.classes, directives=names, options=before.options, nonfatal=before.nonfatal)
    classes: set[str] = set()
    options, nonfatal = before.options, None
    for word in statement.arguments:
        name, given, value = word.lower().partition("=")
        if name == "all":
            classes, options = set(CLASSES), None
        elif name == "none":
            classes = set()
        elif name == "nonfatal":
            nonfatal = value
        elif name in CLASSES:
            classes.add(name)
            if name == "options":
                options = frozenset(value.split(",")) if given else None
    return Overrides(classes=frozenset(classes), directives=before.directives, options=options, nonfatal=nonfatal)
