"""An .htaccess that a site needs, and that httpd does not read."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration, Htaccess
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rewriting import rewrites
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, layers, servers

_MATTERS = ("rewriterule", "require", "deny", "redirect", "redirectmatch", "authtype", "fallbackresource")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each .htaccess with something in it that matters, below a document root, with AllowOverride None."""
    every = {server.host: server for server in servers(configuration)}
    for htaccess in configuration.htaccess:
        first = next((each for each in htaccess.statements if each.key in _MATTERS and each.active is not False), None)
        if first is None:
            continue
        for server in {host: every[host] for host, _ in htaccess.overrides if host in every}.values():
            none = _ban(configuration, server, htaccess)
            if none is None:
                continue
            lost = _lost(configuration, server, htaccess)
            sure = htaccess.certain and lost is not None
            what = lost or f"its {first.name} has no effect"
            yield Hit(
                at=none,
                message=f"{server.shown} does not read {htaccess.path}: {what}",
                severity=None if sure else Severity.WARNING,
                related=(Related(position=first.position, text="this is passed over"),),
            )


def _ban(configuration: Configuration, server: Server, htaccess: Htaccess) -> Statement | None:
    """The AllowOverride None by which a server that serves the directory does not read the file."""
    root = server.document_root
    if root is None or (server.host is None and configuration.hosts):
        return None
    top = configuration.absolute(root.argument)
    allowed = [one for host, one in htaccess.overrides if host is server.host]
    if not f"{htaccess.directory}/".startswith(f"{top}/") or not allowed or not all(one.none for one in allowed):
        return None
    said = [
        each
        for layer in layers(server, htaccess.directory)
        for each in layer.statements
        if each.key == "allowoverride" and layer.path is not None
    ]
    if not said or not said[-1].certain or [word.lower() for word in said[-1].arguments] != ["none"]:
        return None
    return said[-1]


def _lost(configuration: Configuration, server: Server, htaccess: Htaccess) -> str | None:
    """What surely goes wrong without the file, in words."""
    own = [each for each in htaccess.statements if each.active]
    rules, _ = rewrites(own)
    if any(_leads_to_a_file(configuration, htaccess, rule.substitution) for rule in rules):
        if not server.may_answer_any_path and not _is_replaced(server):
            return "pages that its rules lead to the application are a 404"
        return None
    closed = [each for each in own if not each.context.sections and each.key in ("require", "deny")]
    names = [name for name in configuration.files.names(htaccess.directory) if not name.startswith(".")]
    if len(closed) != 1 or not _denies_all(closed[0]) or not names or _is_guarded(server, htaccess.directory):
        return None
    return f"{names[0]} beside it can be read by everybody"


def _leads_to_a_file(configuration: Configuration, htaccess: Htaccess, substitution: str) -> bool:
    name = substitution.partition("?")[0].lstrip("/")
    return "." in name and "$" not in name and configuration.files.is_file(f"{htaccess.directory}/{name}") is True


def _is_replaced(server: Server) -> bool:
    return any(each.key in ("errordocument", "action") and each.active is not False for each in server.own)


def _denies_all(statement: Statement) -> bool:
    words = [word.lower() for word in statement.arguments]
    return words in (["all", "denied"], ["from", "all"])


def _is_guarded(server: Server, directory: str) -> bool:
    """Whether something of the server may keep visitors out of the directory."""
    for each in server.statements:
        if each.active is False:
            continue
        if each.key in ("rewriterule", "redirectmatch", "deny", "satisfy", "authtype"):
            return True
        if each.key == "require" and not each.context.within("directory", "directorymatch"):
            return True
    decided: list[Statement] = []
    for layer in layers(server, directory):
        here = [each for each in layer.statements if each.key == "require"]
        decided = here or decided
    return not decided or any([word.lower() for word in each.arguments] != ["all", "granted"] for each in decided)


RULE = Rule(
    id="htaccess-ignored",
    group="htaccess",
    severity=Severity.ERROR,
    title="An .htaccess that is not read",
    why="With `AllowOverride None` httpd does not look for `.htaccess`. The rules that led every page to the "
    "application are gone, and its pages are a 404; what the file kept closed is open. Both without a word in the log.",
    remedy="Move what the file says to the virtual host, or let it be read: `AllowOverride FileInfo` for rules, "
    "`AuthConfig` for access.",
    symptoms=(Symptom.ERROR_404, Symptom.EXPOSED, Symptom.NO_EFFECT),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#allowoverride",
    good=(
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride FileInfo\n</Directory>\n",
            files={
                "/srv/www/.htaccess": "RewriteEngine On\nRewriteRule . index.php\n",
                "/srv/www/index.php": "<?php\n",
            },
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride None\n</Directory>\n",
            files={"/srv/www/.htaccess": "Options -Indexes\n"},
        ),
    ),
    bad=(
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride None\n</Directory>\n",
            files={
                "/srv/www/.htaccess": "RewriteEngine On\nRewriteRule . index.php\n",
                "/srv/www/index.php": "<?php\n",
            },
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride None\n    Require all granted\n"
            "</Directory>\n",
            files={"/srv/www/files/.htaccess": "Deny from all\n", "/srv/www/files/names.csv": "Alice\n"},
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride None\n</Directory>\n",
            files={"/srv/www/.htaccess": "Redirect /old /new\n"},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
