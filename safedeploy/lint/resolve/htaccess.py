"""The .htaccess files of a tree: what is in each, and what the servers that serve its directory allow in it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from safedeploy.lint.files import Files
from safedeploy.lint.resolve.configuration import Host, Htaccess, Problem
from safedeploy.lint.resolve.finish import Finish
from safedeploy.lint.resolve.overrides import OVERRIDES, decide_overrides
from safedeploy.lint.resolve.read import Reader
from safedeploy.lint.resolve.statement import Context, Kind, Origin, Statement
from safedeploy.lint.resolve.world import World
from safedeploy.lint.syntax.parse import parse

# httpd reads longer lines in the server's configuration, and refuses them here.
_LONGEST_LINE = 8190
_ALIASES = ("alias", "scriptalias")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Server:
    """The main server (`host` is None) or a virtual host, with what decides about .htaccess in it."""

    host: Host | None
    roots: tuple[str, ...]
    overrides: tuple[Statement, ...]


def htaccess_files(world: World, statements: tuple[Statement, ...], hosts: tuple[Host, ...]) -> tuple[Htaccess, ...]:
    """Every .htaccess of the tree, in the order of their paths."""
    given = [each.arguments for each in statements if each.key == "accessfilename" and each.active is not False]
    names = {name for arguments in given for name in arguments} or {".htaccess"}
    paths = sorted(path for path in world.files.contents if posixpath.basename(path) in names)
    if not paths:
        return ()
    servers = _servers([each for each in statements if each.context.host is None], hosts)
    places = _places(world.files, servers)
    return tuple(_htaccess(world, path, servers[0], places) for path in paths)


def _servers(main: list[Statement], hosts: tuple[Host, ...]) -> list[_Server]:
    inherited = _roots(main)
    in_main = tuple(each for each in main if each.key in OVERRIDES)
    servers = [_Server(host=None, roots=tuple(inherited.values()), overrides=in_main)]
    for host in hosts:
        if host.active is not False:
            roots = {**inherited, **_roots(host.statements)}
            own = tuple(each for each in host.statements if each.key in OVERRIDES)
            servers.append(_Server(host=host, roots=tuple(roots.values()), overrides=(*in_main, *own)))
    return servers


def _roots(statements: Iterable[Statement]) -> dict[str, str]:
    """Directories that are served: by the path in an URL where they are."""
    roots: dict[str, str] = {}
    for each in statements:
        if each.active is False or each.context.inner:
            continue
        if each.key == "documentroot" and each.arguments:
            roots["/"] = each.arguments[0].rstrip("/") or "/"
        elif each.key in _ALIASES and len(each.arguments) == 2:
            roots[each.arguments[0]] = each.arguments[1].rstrip("/") or "/"
    return roots


def _places(files: Files, servers: list[_Server]) -> dict[str, list[tuple[_Server, str]]]:
    """By directory, as configured and with links followed: the servers that serve it, and what each calls it."""
    places: dict[str, list[tuple[_Server, str]]] = {}
    for server in servers:
        for root in dict.fromkeys(server.roots):
            for place in {root, files.real(root) or root}:
                places.setdefault(place, []).append((server, root))
    return places


def _htaccess(world: World, path: str, main: _Server, places: dict[str, list[tuple[_Server, str]]]) -> Htaccess:
    directory = posixpath.dirname(path)
    decided, certain, settled = [], True, True
    for server, place in _seen_as(directory, places):
        one = decide_overrides(server.overrides, place)
        decided.append((server.host, one.overrides))
        certain, settled = certain and one.certain, settled and one.settled
    if not decided:
        decided, certain = [(None, decide_overrides(main.overrides, directory).overrides)], False
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
        certain=certain and (settled or not world.unknown),
    )


def _seen_as(directory: str, places: dict[str, list[tuple[_Server, str]]]) -> list[tuple[_Server, str]]:
    """The servers that serve a directory, each with what it calls it: once for each name."""
    found: dict[tuple[int, str], tuple[_Server, str]] = {}
    top = directory
    while True:
        for server, root in places.get(top, ()):
            name = posixpath.join(root, directory[len(top) :].lstrip("/")).rstrip("/") or "/"
            found[id(server), name] = (server, name)
        if top == "/":
            return list(found.values())
        top = posixpath.dirname(top)


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
