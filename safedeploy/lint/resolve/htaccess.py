"""The .htaccess files of a tree: what is in each, and what the servers that serve its directory allow in it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from safedeploy.lint.files import Files
from safedeploy.lint.resolve.configuration import Host, Htaccess, Problem
from safedeploy.lint.resolve.finish import Finish
from safedeploy.lint.resolve.overrides import decide_overrides
from safedeploy.lint.resolve.read import Reader
from safedeploy.lint.resolve.statement import Context, Kind, Origin, Statement
from safedeploy.lint.resolve.world import World
from safedeploy.lint.syntax.parse import parse

# httpd reads longer lines in the server's configuration, and refuses them here.
_LONGEST_LINE = 8190
_ALIASES = ("alias", "scriptalias")


def htaccess_files(world: World, statements: tuple[Statement, ...], hosts: tuple[Host, ...]) -> tuple[Htaccess, ...]:
    """Every .htaccess of the tree, in the order of their paths."""
    names = {
        word
        for each in statements
        if each.key == "accessfilename" and each.active is not False
        for word in each.arguments
    }
    names = names or {".htaccess"}
    paths = sorted(path for path in world.files.contents if posixpath.basename(path) in names)
    if not paths:
        return ()
    main = [each for each in statements if each.context.host is None]
    servers = _servers(world.files, main, hosts)
    return tuple(_htaccess(world, path, main, servers) for path in paths)


def _servers(
    files: Files, main: list[Statement], hosts: tuple[Host, ...]
) -> list[tuple[Host | None, list[tuple[str, str]]]]:
    """Each server with the places that it serves: as configured, and with links followed."""
    inherited = _roots(main)
    servers: list[tuple[Host | None, list[str]]] = [(None, inherited)]
    for host in hosts:
        if host.active is not False:
            own = _roots(host.statements)
            has_root = any(each.key == "documentroot" and each.active is not False for each in host.statements)
            servers.append((host, own if has_root else own + inherited))
    return [(host, [(root, files.real(root) or root) for root in roots]) for host, roots in servers]


def _roots(statements: Iterable[Statement]) -> list[str]:
    roots: dict[str, str] = {}
    for each in statements:
        if each.active is False or each.context.inner:
            continue
        if each.key == "documentroot" and each.arguments:
            roots["/"] = each.arguments[0]
        elif each.key in _ALIASES and len(each.arguments) == 2:
            roots[each.arguments[0]] = each.arguments[1]
    return [root.rstrip("/") or "/" for root in roots.values()]


def _htaccess(
    world: World, path: str, main: list[Statement], servers: list[tuple[Host | None, list[tuple[str, str]]]]
) -> Htaccess:
    directory = posixpath.dirname(path)
    decided, certain = [], True
    for host, roots in servers:
        seen_as = {found for root in roots if (found := _below(directory, *root)) is not None}
        for place in sorted(seen_as):
            one = decide_overrides([*main, *(host.statements if host else ())], place)
            decided.append((host, one.overrides))
            certain = certain and one.certain
    if not decided:
        one = decide_overrides(main, directory)
        decided, certain = [(None, one.overrides)], False
    content = world.files.contents[path]
    reader = Reader(world=world, in_htaccess=True)
    reader.read(path, content)
    finish = Finish(reader.notes, Context(htaccess=directory))
    return Htaccess(
        path=path,
        directory=directory,
        statements=finish.statements,
        overrides=tuple(decided),
        problems=(*_too_long(path, content), *reader.notes.problems),
        certain=certain and not world.unknown,
    )


def _below(directory: str, root: str, real: str) -> str | None:
    """How httpd calls `directory` when it comes there by `root`; None when it does not."""
    for top in (root, real):
        if directory == top or directory.startswith(top.rstrip("/") + "/"):
            return posixpath.join(root, directory[len(top) :].lstrip("/")).rstrip("/") or "/"
    return None


def _too_long(path: str, content: bytes) -> tuple[Problem, ...]:
    long = [item for item in parse(path, content).items if len(item.line.text) > _LONGEST_LINE]
    return tuple(
        Problem(
            position=item.position,
            text=f"the line is longer than the {_LONGEST_LINE} characters that httpd takes in .htaccess",
            file=path,
            named_line=item.named_line,
            origins=(Origin(kind=Kind.MAIN, name=path),),
        )
        for item in long
    )
