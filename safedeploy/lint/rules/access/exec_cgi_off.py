"""Scripts in a directory in which none may be run."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, layers, servers

HANDLER = "cgi-script"


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each <Directory> that makes scripts of its files, and whose Options have no ExecCGI."""
    if configuration.module("cgi_module") is False and configuration.module("cgid_module") is False:
        return
    for server in () if configuration.is_part else servers(configuration):
        for statement in server.own:
            section = statement.context.inner[0] if len(statement.context.inner) == 1 else None
            if section is None or section.key != "directory" or statement.key not in ("sethandler", "addhandler"):
                continue
            if statement.argument.lower() == HANDLER and statement.certain and len(section.arguments) == 1:
                yield from _judge(configuration, server, statement, section.arguments[0])


def _judge(configuration: Configuration, server: Server, statement: Statement, directory: str) -> Iterator[Hit]:
    if {"*", "?", "[", "$"} & set(directory) or _may_be_given(configuration, server, directory):
        return
    if not _is_served(configuration, server, directory):
        return  # nobody can ask for it
    found = layers(server, directory)
    decided = [
        each
        for each in (*server.named("options"), *(each for layer in found for each in layer.statements))
        if each.key == "options" and each.arguments
    ]
    if not all(layer.sure for layer in found) or not all(each.certain and each.active for each in decided):
        return
    allowed = False
    for each in decided:
        allowed = _applied(each, allowed)
    if not allowed:
        shown = f"Options {' '.join(decided[-1].arguments)}" if decided else "Options"
        yield Hit(
            at=statement,
            message=f"scripts in {directory} get a 403: {shown} has no ExecCGI",
            remedy="Add Options +ExecCGI to the section.",
            severity=None if configuration.complete else Severity.WARNING,
            related=(Related(position=decided[-1].position, text="the Options that hold"),) if decided else (),
        )


def _is_served(configuration: Configuration, server: Server, directory: str) -> bool:
    """Whether the document root or an Alias leads to the directory, or to something above or below it."""
    root = server.document_root
    paths = [each.arguments[-1] for each in (*server.named("alias"), *([root] if root is not None else []))]
    inside = f"{directory.rstrip('/')}/"
    for path in paths:
        served = f"{configuration.absolute(path).rstrip('/')}/"
        if inside.startswith(served) or served.startswith(inside):
            return True
    return bool(server.named("aliasmatch", "virtualdocumentroot"))


def _applied(statement: Statement, before: bool) -> bool:
    words = [word.lower() for word in statement.arguments]
    now = before and words[0][0] in "+-"
    for word in words:
        if word.lstrip("+-") in ("execcgi", "all"):
            now = not word.startswith("-")
        elif word == "none":
            now = False
    return now


def _may_be_given(configuration: Configuration, server: Server, directory: str) -> bool:
    """Whether something else than plain <Directory> sections may allow it, or where ScriptAlias does."""
    inside = f"{directory.rstrip('/')}/"
    if any(f"{each.arguments[-1].rstrip('/')}/".startswith(inside) for each in server.named("scriptalias")):
        return True
    elsewhere = [
        each
        for each in server.statements
        if each.key == "options"
        and each.context.inner
        and each.context.inner[-1].key not in ("directory", "directorymatch")
    ]
    beside = [
        each
        for one in configuration.htaccess
        if one.is_read is not False and f"{directory}/".startswith(f"{one.directory}/")
        for each in one.statements
    ]
    return any("execcgi" in " ".join(each.arguments).lower() for each in (*elsewhere, *beside))


RULE = Rule(
    id="exec-cgi-off",
    group="access",
    severity=Severity.ERROR,
    title="Scripts where none may be run",
    why="A handler makes programs of the files in a directory, and `Options` says whether programs may be run there. "
    "With the handler alone every request for one is a 403 (AH01262).",
    remedy="Add `Options +ExecCGI` to the section of the directory.",
    symptoms=(Symptom.ERROR_403,),
    source="https://httpd.apache.org/docs/2.4/howto/cgi.html#nonscriptalias",
    good=(
        Case(text="<Directory /srv/cgi>\n    SetHandler cgi-script\n</Directory>\n"),
        Case(
            text="ScriptAlias /stats /srv/cgi/stats\n<Directory /srv/cgi>\n    SetHandler cgi-script\n</Directory>\n"
            "DocumentRoot /srv\n"
        ),
        Case(
            text="Alias /cgi /srv/cgi\n<Directory /srv/cgi>\n    Options +ExecCGI\n    SetHandler cgi-script\n"
            "</Directory>\n"
        ),
        Case(
            text="DocumentRoot /srv\n<Directory /srv>\n    Options ExecCGI\n</Directory>\n<Directory /srv/cgi>\n"
            "    Options -Indexes\n"
            "    AddHandler cgi-script .cgi\n</Directory>\n"
        ),
        Case(text="<Directory /srv/cgi>\n    SetHandler cgi-script\n</Directory>\nScriptAlias /cgi/ /srv/cgi/\n"),
        Case(
            text="Alias /cgi /srv/cgi\n<Directory /srv/cgi>\n    SetHandler cgi-script\n</Directory>\n<Location /cgi>\n"
            "    Options +ExecCGI\n</Location>\n"
        ),
    ),
    bad=(
        Case(text="Alias /cgi /srv/cgi\n<Directory /srv/cgi>\n    SetHandler cgi-script\n</Directory>\n"),
        Case(
            text="DocumentRoot /srv\n<Directory /srv>\n    Options ExecCGI\n</Directory>\n<Directory /srv/cgi>\n"
            "    Options FollowSymLinks\n    AddHandler cgi-script .cgi\n</Directory>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
