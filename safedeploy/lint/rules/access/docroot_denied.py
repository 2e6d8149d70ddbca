"""A directory that is served, below one that is closed, without a grant of its own."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import GROUPING, Layer, Server, layers, servers


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each DocumentRoot and Alias to which only a `Require all denied` of a directory above applies."""
    if configuration.module("authz_core") is False:
        return
    for server in servers(configuration):
        if _may_grant_elsewhere(server):
            continue
        root = server.document_root
        served = [each for each in server.aliases if each in server.own]
        if root is not None and root in server.own and not server.may_answer_any_path:
            served.append(root)
        if server.host is None and configuration.hosts:
            served = []
        for each in served:
            yield from _judge(configuration, facts, server, each)


def _judge(configuration: Configuration, facts: Facts, server: Server, at: Statement) -> Iterator[Hit]:
    if not at.certain or "${" in at.arguments[-1]:
        return
    path = configuration.absolute(at.arguments[-1])
    denied = _denial(layers(server, path))
    if denied is None or denied.context.within("directory") is None:
        return
    if any(f"{path}/".startswith(f"{one.directory.rstrip('/')}/") for one in configuration.htaccess):
        return  # it may bring the grant itself
    section = _directory(denied)
    if section.rstrip("/").count("/") >= path.rstrip("/").count("/"):
        return  # it is closed on purpose
    there = bool(configuration.files.names(path)) or facts.exists(path) is True
    sure = configuration.complete and there
    yield Hit(
        at=at,
        message=f"nothing grants access to {path}: the Require all denied for {section} holds there",
        remedy=f"Add Require all granted to a <Directory {path}>.",
        severity=None if sure else Severity.WARNING,
        related=(Related(position=denied.position, text="this holds"),),
    )


def _directory(statement: Statement) -> str:
    """The directory of the section that a statement stands in."""
    section = statement.context.within("directory")
    return section.arguments[0] if section and section.arguments else ""


def _denial(found: tuple[Layer, ...]) -> Statement | None:
    """The `Require all denied` that is alone in the last section with any Require; None where that is not so."""
    if any(not layer.sure for layer in found):
        return None
    decisive: list[Statement] = []
    for layer in found:
        if any(each.key == "authmerging" for each in layer.statements):
            return None
        here = [each for each in layer.statements if each.key == "require"]
        decisive = here or decisive
    if len(decisive) != 1 or [word.lower() for word in decisive[0].arguments] != ["all", "denied"]:
        return None
    return decisive[0] if decisive[0].active and len(decisive[0].context.inner) == 1 else None


def _may_grant_elsewhere(server: Server) -> bool:
    """Whether a section that comes after <Directory> decides for the whole server."""
    for each in server.statements:
        if each.key not in ("require", *GROUPING) or each.active is False:
            continue
        outer = next((one for one in each.context.inner if one.key not in GROUPING), None)
        if outer is None or outer.key in ("directory", "directorymatch"):
            continue
        if outer.key != "location" or outer.arguments in (("/",), ("",)):
            if [word.lower() for word in each.arguments] != ["all", "denied"]:
                return True
            if outer.key == "location":
                return True  # closed on purpose
    return False


RULE = Rule(
    id="docroot-denied",
    group="access",
    severity=Severity.ERROR,
    title="A served directory without access",
    why="The usual main configuration closes the whole file system with `Require all denied` for `/` and opens some "
    "directories again. A site outside of those answers every request with a 403 until a section of its own opens it.",
    remedy="Add `Require all granted` to a `<Directory>` section of the directory.",
    symptoms=(Symptom.ERROR_403,),
    source="https://httpd.apache.org/docs/2.4/upgrading.html#access",
    good=(
        Case(
            text="<Directory />\n    Require all denied\n</Directory>\nDocumentRoot /srv/www\n<Directory /srv>\n"
            "    Require all granted\n</Directory>\n",
            files={"/srv/www/index.html": "Welcome\n"},
        ),
        Case(
            text="<Directory />\n    Require all denied\n</Directory>\nDocumentRoot /srv/www\n<Location />\n"
            "    Require all granted\n</Location>\n",
            files={"/srv/www/index.html": "Welcome\n"},
        ),
        Case(text="DocumentRoot /srv/www\n<Directory /srv/www>\n    Require all denied\n</Directory>\n"),
    ),
    bad=(
        Case(
            text="<Directory />\n    Require all denied\n</Directory>\nDocumentRoot /srv/www\n<Directory /srv/www>\n"
            "    Options -Indexes\n</Directory>\n",
            files={"/srv/www/index.html": "Welcome\n"},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
