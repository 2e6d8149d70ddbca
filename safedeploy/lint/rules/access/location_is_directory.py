"""A <Location> that is given a directory of the file system, and so protects nothing."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.paths import is_pattern
from safedeploy.lint.resolve.statement import Enclosing, Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, servers

PROTECTING = {"require", "deny", "authtype"}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each <Location> of the path of a document root, and each <Directory> of the path of an URL, with a Require."""
    told: set[int] = set()
    for server in servers(configuration):
        root = server.document_root
        if root is None or not root.certain or "${" in root.argument:
            continue
        top = configuration.absolute(root.argument)
        for each in server.statements:
            section = each.context.inner[0] if each.context.inner else None
            if section is None or id(section) in told or each.key not in PROTECTING or not each.active:
                continue
            if [word.lower() for word in each.arguments] == ["all", "granted"] or len(section.arguments) != 1:
                continue
            path = section.arguments[0].rstrip("/")
            if is_pattern(path) or "${" in path or not path.startswith("/"):
                continue
            if _is_directory(configuration, server, section, top, path):
                told.add(id(section))
                yield _hit(each, section, f"<Directory {path}>", "no address has such a path")
            elif _is_address(configuration, section, top, path):
                told.add(id(section))
                gone = configuration.files.exists(path) is False
                meant = f"<Location {path}> or <Directory {top}{path}>"
                hit = _hit(each, section, meant, "there is no such directory")
                yield hit if gone else replace(hit, severity=Severity.WARNING)


def _is_directory(configuration: Configuration, server: Server, section: Enclosing, top: str, path: str) -> bool:
    """Whether a <Location> is the document root, or a directory below it, and no path of an URL."""
    if section.key != "location" or not f"{path}/".startswith(f"{top}/") or top.count("/") < 2:
        return False
    taken = any(f"{path}/".startswith(f"{each.argument.rstrip('/')}/") for each in server.aliases)
    return (
        not taken
        and not server.may_answer_any_path
        and configuration.files.is_directory(path) is True
        and not configuration.files.exists(top + path)
    )


def _is_address(configuration: Configuration, section: Enclosing, top: str, path: str) -> bool:
    """Whether a <Directory> does not exist, and one of that path exists below the document root."""
    return (
        section.key == "directory"
        and path != ""
        and not path.startswith(f"{top}/")
        and configuration.files.is_directory(posixpath.join(top, path.lstrip("/"))) is True
        and not configuration.files.exists(path)
        and path.count("/") < top.count("/") + 1
    )


def _hit(at: Statement, section: Enclosing, meant: str, why: str) -> Hit:
    return Hit(
        at=at,
        message=f"{at.name} {' '.join(at.arguments)} protects nothing: <{section.directive.name} "
        f"{section.arguments[0]}>, and {why}",
        remedy=f"Write {meant}.",
    )


RULE = Rule(
    id="location-is-directory",
    group="access",
    severity=Severity.ERROR,
    title="Location and Directory mixed up",
    why="`<Location>` takes the path of an URL and `<Directory>` one of the file system. With the other one's path the "
    "section is for nothing, and what it should protect is open.",
    remedy="Write `<Directory>` for paths of the file system, `<Location>` for those of URLs.",
    symptoms=(Symptom.EXPOSED, Symptom.NO_EFFECT),
    source="https://httpd.apache.org/docs/2.4/sections.html#whichwhen",
    good=(
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www/staff>\n    Require ip 192.0.2.0/24\n</Directory>\n"
            "<Location /staff>\n    Require ip 192.0.2.0/24\n</Location>\n",
            files={"/srv/www/staff/index.html": "Staff\n"},
        ),
        Case(text="DocumentRoot /srv/www\n<Location /srv/www/staff>\n    Require ip 192.0.2.0/24\n</Location>\n"),
    ),
    bad=(
        Case(
            text="DocumentRoot /srv/www\n<Location /srv/www/staff>\n    Require ip 192.0.2.0/24\n</Location>\n",
            files={"/srv/www/staff/index.html": "Staff\n"},
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /staff>\n    Require ip 192.0.2.0/24\n</Directory>\n",
            files={"/srv/www/staff/index.html": "Staff\n"},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
