"""Rewriting for a directory in which neither kind of symbolic links is allowed."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, layers, servers

NEEDED = {"followsymlinks", "symlinksifownermatch"}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each directory where RewriteEngine is on, in a section or an .htaccess, and no Options lets it."""
    if configuration.module("rewrite") is False:
        return
    for server in servers(configuration):
        for each in server.own:
            section = each.context.inner[-1] if each.context.inner else None
            if _turns_on(each) and section is not None and section.key == "directory" and len(each.context.inner) == 1:
                yield from _judge(configuration, server, each, section.arguments[-1], None)
        for htaccess in configuration.htaccess:
            if htaccess.is_read is False or not any(host is server.host for host, _ in htaccess.overrides):
                continue
            for each in htaccess.statements:
                if _turns_on(each) and not each.context.sections:
                    severity = None if htaccess.is_read else Severity.WARNING
                    yield from _judge(configuration, server, each, htaccess.directory, severity)


def _turns_on(statement: Statement) -> bool:
    return statement.key == "rewriteengine" and statement.argument.lower() == "on" and statement.active is not False


def _judge(
    configuration: Configuration, server: Server, at: Statement, directory: str, severity: Severity | None
) -> Iterator[Hit]:
    if "*" in directory or "${" in directory or not at.certain:
        return
    found = layers(server, directory)
    if any(not layer.sure for layer in found) or _may_be_given_later(configuration, server, directory):
        return
    inside = [each for layer in found for each in layer.statements]
    decided = [each for each in (*server.named("options"), *inside) if each.key == "options" and each.arguments]
    decided = [each for each in decided if not each.context.within("files", "filesmatch", "if", "limit", "limitexcept")]
    options = {"followsymlinks"}
    for each in decided:
        options = _applied(each, options)
    if options or not decided or not all(each.certain and each.active for each in decided):
        return
    yield Hit(
        at=at,
        message=f"httpd refuses every request for {directory}: with Options {' '.join(decided[-1].arguments)} neither "
        "FollowSymLinks nor SymLinksIfOwnerMatch is on",
        severity=severity if configuration.complete else Severity.WARNING,
        related=(Related(position=decided[-1].position, text="the Options that hold"),),
    )


def _applied(statement: Statement, before: set[str]) -> set[str]:
    """What of NEEDED is on after an Options: with signs it changes what was, without it stands for itself."""
    words = [word.lower() for word in statement.arguments]
    now = set(before) if words[0][0] in "+-" else set()
    for word in words:
        name = word.lstrip("+-")
        if word.startswith("-"):
            now -= NEEDED if name == "all" else {name}
        elif name in ("all", *NEEDED):
            now.add("followsymlinks" if name == "all" else name)
    return now


def _may_be_given_later(configuration: Configuration, server: Server, directory: str) -> bool:
    """Whether an .htaccess or a section that comes after <Directory> may turn it on."""
    for each in server.statements:
        if each.key == "options" and each.active is not False and _gives(each):
            outer = each.context.inner[0].key if each.context.inner else ""
            if outer not in ("", "directory", "directorymatch") or len(each.context.inner) > 1:
                return True
    return any(
        each.key == "options" and each.active is not False and _gives(each)
        for one in configuration.htaccess
        if f"{directory}/".startswith(f"{one.directory}/")
        for each in one.statements
    )


def _gives(statement: Statement) -> bool:
    return any(word.lower().lstrip("+") in ("all", *NEEDED) for word in statement.arguments)


RULE = Rule(
    id="rewrite-needs-symlinks",
    group="rewrite",
    severity=Severity.ERROR,
    title="Rewriting where symbolic links are off",
    why="A rule for a directory can lead around the ban on symbolic links, so httpd allows rewriting in `.htaccess` "
    "and `<Directory>` only where links are allowed. With both kinds off every request for the directory is a 403 "
    "(AH00670), also those that no rule is for.",
    remedy="Add `+SymLinksIfOwnerMatch` or `+FollowSymLinks` to the `Options` of the directory, or move the rules to "
    "the virtual host.",
    symptoms=(Symptom.ERROR_403,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html#rewriteengine",
    good=(
        Case(
            text="<Directory /srv/www>\n    Options -Indexes +SymLinksIfOwnerMatch\n    RewriteEngine On\n"
            "    RewriteRule ^old$ new.html\n</Directory>\n",
        ),
        Case(text="<Directory /srv/www>\n    Options -Indexes\n    RewriteEngine On\n</Directory>\n"),
        Case(text="<Directory /srv/www>\n    Options All -Indexes\n    RewriteEngine On\n</Directory>\n"),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    Options None\n    AllowOverride All\n</Directory>\n",
            files={"/srv/www/.htaccess": "Options +FollowSymLinks\nRewriteEngine On\nRewriteRule ^old$ new.html\n"},
        ),
    ),
    bad=(
        Case(
            text="<Directory /srv/www>\n    Options Indexes\n    RewriteEngine On\n    RewriteRule ^old$ new.html\n"
            "</Directory>\n",
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    Options -FollowSymLinks\n    AllowOverride All\n"
            "</Directory>\n",
            files={"/srv/www/.htaccess": "RewriteEngine On\nRewriteRule ^old$ new.html\n"},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
