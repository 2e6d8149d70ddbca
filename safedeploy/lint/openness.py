"""Whether a file below a served directory can be asked for by anybody, as far as the configuration tells. Pure.

What may keep it closed counts as closing it: True is said only where nothing does.
Source: https://httpd.apache.org/docs/2.4/sections.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from safedeploy.lint import patterns
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.paths import is_pattern, pattern
from safedeploy.lint.resolve.statement import Enclosing, Statement
from safedeploy.lint.servers import GROUPING, Layer, Server, layers

_DIRECTORIES = ("directory", "directorymatch")
_ACCESS = ("require", "deny", "allow", "order", "authtype", "authmerging", "satisfy", *GROUPING)
# What leads a request elsewhere before its file is looked at.
_ELSEWHERE = ("redirect", "redirectpermanent", "redirecttemp", "proxypass")
_BY_PATTERN = ("redirectmatch", "rewriterule", "aliasmatch", "scriptaliasmatch", "proxypassmatch")


def places(server: Server) -> Iterator[tuple[str, str, Statement]]:
    """Each address whose files are served, with the directory: the document root's and those of Alias."""
    root = server.document_root
    found = [("/", root)] if root is not None else []
    found += [(alias.argument, alias) for alias in server.aliases if alias.key == "alias"]
    for address, statement in found:
        if statement.certain and statement.active and "${" not in statement.arguments[-1]:
            yield address, statement.arguments[-1].rstrip("/") or "/", statement


def is_open(configuration: Configuration, server: Server, address: str, path: str) -> bool:
    """Whether nothing closes the file at `path`, which has this address."""
    statements = [each for each in (*server.statements, *_of_htaccess(configuration, path)) if each.active is not False]
    if any(_leads_away(each, address) for each in _without_routes_of_files(statements)):
        return False
    if any(_may_close(each, address, path) for each in statements):
        return False
    return not _is_denied(layers(server, posixpath.dirname(path)))


def _of_htaccess(configuration: Configuration, path: str) -> Iterator[Statement]:
    for one in configuration.htaccess:
        if one.is_read is not False and path.startswith(f"{one.directory.rstrip('/')}/"):
            yield from one.statements


def _without_routes_of_files(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Without rewrite rules that are only for what is no file."""
    no_file = False
    for each in statements:
        if each.key == "rewritecond":
            no_file = no_file or "!-f" in each.arguments
        elif each.key == "rewriterule":
            if not no_file:
                yield each
            no_file = False
        else:
            yield each


def _leads_away(each: Statement, address: str) -> bool:
    """Whether a request for the address goes elsewhere, or may."""
    if each.key in _BY_PATTERN:
        ends = [address[at:] for at, letter in enumerate(address) if letter == "/"]
        return _finds(patterns.of(each), *ends, *(end[1:] for end in ends))
    if each.key not in _ELSEWHERE:
        return False
    if each.context.within("locationmatch", "if") is not None:
        return True
    location = each.context.within("location")
    words = location.arguments if location is not None else each.arguments[:2]
    place = next((word for word in words if word.startswith("/")), None)
    return place is not None and address.startswith(place)


def _may_close(each: Statement, address: str, path: str) -> bool:
    """Whether a directive outside of plain <Directory> sections may refuse the file."""
    if each.key not in _ACCESS or _is_grant(each):
        return False
    sections = [one for one in each.context.inner if one.key not in (*_DIRECTORIES, *GROUPING)]
    if not sections:
        return each.context.htaccess is not None
    return all(_may_be_for(one, address, path) for one in sections)


def _may_be_for(section: Enclosing, address: str, path: str) -> bool:
    words, name = section.arguments, posixpath.basename(path)
    if section.key in ("files", "location") and len(words) == 1:
        text = name if section.key == "files" else address
        if is_pattern(words[0]):
            return pattern(words[0], hidden=True).fullmatch(text) is not None
        return text == words[0] if section.key == "files" else text.startswith(words[0])
    if section.key in ("files", "filesmatch"):
        return _finds(words[-1] if words else None, name)
    if section.key in ("location", "locationmatch"):
        return _finds(words[-1] if words else None, address)
    return section.key not in ("limit", "proxy", "proxymatch")


def _is_denied(found: Iterable[Layer]) -> bool:
    """Whether the last <Directory> section that decides refuses, or may."""
    denied = False
    for layer in found:
        here = [
            each
            for each in layer.statements
            if each.key in _ACCESS and all(one.key in (*_DIRECTORIES, *GROUPING) for one in each.context.inner)
        ]
        if here:
            denied = not all(_is_grant(each) for each in here)
            if denied and not layer.sure:
                return True
    return denied


def _is_grant(each: Statement) -> bool:
    words = [word.lower() for word in each.arguments]
    return words in (["all", "granted"], ["from", "all"]) and each.key in ("require", "allow")


def _finds(expression: str | None, *texts: str) -> bool:
    """Whether a pattern finds something in one of the texts; one that cannot be read may."""
    if expression is None:
        return False
    wanted = patterns.compiled(expression)
    return wanted is None or any(wanted.search(text) for text in texts)
