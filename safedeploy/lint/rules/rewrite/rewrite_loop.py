"""Rules of an .htaccess that rewrite their own result without end."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration, Htaccess
from safedeploy.lint.rewrite_trial import Trial
from safedeploy.lint.rewriting import Rewrite, rewrites
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, servers

# Names that no file has: what a front controller is for.
NAMES = ("safedeploy-page", "safedeploy-page/1")
# Directives of a server that may lead a request elsewhere before the rules of a directory are looked at.
_ELSEWHERE = (
    "rewriterule",
    "redirect",
    "redirectmatch",
    "proxypass",
    "proxypassmatch",
    "aliasmatch",
    "scriptaliasmatch",
)


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each .htaccess with which a request for a page of no file is rewritten until httpd gives up."""
    if configuration.module("rewrite") is False:
        return
    every = {server.host: server for server in servers(configuration)}
    for htaccess in configuration.htaccess:
        rules, _ = rewrites(htaccess.statements)
        if not rules or htaccess.is_read is False or htaccess.allows("fileinfo") is False or not _is_simple(htaccess):
            continue
        for server in {host: every[host] for host, _ in htaccess.overrides if host in every}.values():
            hit = _try(configuration, facts, htaccess, rules, server)
            if hit is not None:
                yield hit
                break


def _try(
    configuration: Configuration, facts: Facts, htaccess: Htaccess, rules: tuple[Rewrite, ...], server: Server
) -> Hit | None:
    root = server.document_root
    if root is None or not any(host is server.host for host, _ in htaccess.overrides):
        return None
    path = configuration.absolute(root.argument)
    if not f"{htaccess.directory}/".startswith(f"{path}/"):
        return None
    own = {
        one.directory
        for one in configuration.htaccess
        if any(each.key.startswith("rewrite") for each in one.statements)
    }
    base = next((each.argument for each in reversed(htaccess.statements) if each.key == "rewritebase"), None)
    trial = Trial(
        files=configuration.files,
        directory=htaccess.directory,
        root=path,
        rules=rules,
        base=base,
        aliases=tuple((each.argument, configuration.absolute(each.arguments[1])) for each in server.aliases),
        exists=facts.exists,
        own_rules=frozenset(one for one in own if one.startswith(f"{htaccess.directory}/")),
    )
    for name in NAMES:
        if trial.loops(name) and trial.by is not None:
            plain = not server.named(*_ELSEWHERE) and trial.sure and all(each.certain for each in htaccess.statements)
            first, second, third = (url.replace("safedeploy-", "") for url in trial.way[:3])
            further = "this again" if second == third else f"that to {third}"
            return Hit(
                at=trial.by.statement,
                message=f"a request for {first} is rewritten to {second}, {further}, and so on without end",
                severity=None if htaccess.is_read and plain else Severity.WARNING,
            )
    return None


def _is_simple(htaccess: Htaccess) -> bool:
    """Whether all rules stand in no section, and rewriting is on by this file itself."""
    engine = [each for each in htaccess.statements if each.key == "rewriteengine" and each.active]
    about = [each for each in htaccess.statements if each.key.startswith("rewrite") and each.active is not False]
    return (
        bool(engine)
        and engine[-1].argument.lower() == "on"
        and all(not each.context.sections and each.key != "rewriteoptions" for each in about)
    )


RULE = Rule(
    id="rewrite-loop",
    group="rewrite",
    severity=Severity.ERROR,
    title="Rewriting without end",
    why="After rules of an .htaccess have changed a request, httpd begins again with the result, and the same rules "
    "look at it once more. If they change it each time, httpd gives up after ten rounds and answers with a 500 "
    "(AH00124).",
    remedy="Let a rule before pass the target (`RewriteRule ^index\\.php$ - [L]`), end with `[END]`, and let "
    "`RewriteBase` be the path at which this directory is served.",
    symptoms=(Symptom.ERROR_500,),
    source="https://httpd.apache.org/docs/2.4/rewrite/flags.html#flag_end",
    good=(
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride All\n</Directory>\n",
            files={
                "/srv/www/.htaccess": "RewriteEngine On\nRewriteRule ^index\\.php$ - [L]\n"
                "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /index.php [L]\n",
                "/srv/www/index.php": "<?php\n",
            },
            closed=("/srv",),
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride All\n</Directory>\n",
            files={"/srv/www/.htaccess": "RewriteEngine On\nRewriteRule ^(.*)$ public/$1 [END]\n"},
            closed=("/srv",),
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride All\n</Directory>\n",
            files={
                "/srv/www/.htaccess": "RewriteEngine On\nRewriteRule ^(.*)$ public/$1 [L]\n",
                "/srv/www/public/.htaccess": "RewriteEngine On\n",
            },
            closed=("/srv",),
        ),
    ),
    bad=(
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride All\n</Directory>\n",
            files={"/srv/www/.htaccess": "RewriteEngine On\nRewriteRule ^(.*)$ public/$1 [L]\n"},
            closed=("/srv",),
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    AllowOverride All\n</Directory>\n",
            files={
                "/srv/www/.htaccess": "RewriteEngine On\nRewriteBase /shop\nRewriteCond %{REQUEST_FILENAME} !-f\n"
                "RewriteRule ^(.*)$ index.php?page=$1 [L,QSA]\n",
                "/srv/www/index.php": "<?php\n",
            },
            closed=("/srv",),
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
