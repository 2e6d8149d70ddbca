"""Files that a module should run, which is not loaded: their source is sent."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from safedeploy.lint import openness, reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import servers

PHP = ("php_module", "php5_module", "php7_module")
CGI = ("cgi_module", "cgid_module")
RUN_BY = {
    "application/x-httpd-php": PHP,
    "php-script": PHP,
    "php5-script": PHP,
    "php7-script": PHP,
    "cgi-script": CGI,
    "fcgid-script": ("fcgid_module",),
}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each handler of modules none of which is loaded; an error where files for it are known."""
    if configuration.named("Action"):
        return
    passed_on = [each for each in configuration.named("SetHandler") if each.argument.lower().startswith("proxy:")]
    passed_on += configuration.named("ProxyPassMatch", "FcgidWrapper", "FCGIWrapper")
    for statement, severity in reach.statements(configuration):
        name = _handler(statement)
        modules = RUN_BY.get(name or "", ())
        if name is None or not modules or passed_on or not statement.certain:
            continue
        if all(configuration.module(symbol) is False for symbol in modules):
            file = _file(configuration, statement)
            yield Hit(
                at=statement,
                message=f"no loaded module runs {name}: {file or 'such a file'} is sent as it is, with its source",
                severity=severity if file else Severity.INFO if statement.key == "scriptalias" else Severity.WARNING,
            )


def _handler(statement: Statement) -> str | None:
    """The handler that a directive gives files."""
    if statement.key in ("sethandler", "addhandler", "addtype"):
        return statement.argument.lower()
    return "cgi-script" if statement.key == "scriptalias" else None


def _file(configuration: Configuration, statement: Statement) -> str | None:
    """A file that is known and that it would be for."""
    if statement.key == "scriptalias" and len(statement.arguments) == 2:
        directory = statement.arguments[1].rstrip("/")
        paths = [f"{directory}/{name}" for name in configuration.files.names(directory)]
        return next((path for path in paths if (configuration.files.content(path) or b"").startswith(b"#!")), None)
    endings = [f".{word.lstrip('.')}" for word in statement.arguments[1:]]
    roots = [directory for server in servers(configuration) for _, directory, _ in openness.places(server)]
    return next(
        (
            path
            for path in configuration.files.contents
            if posixpath.splitext(path)[1] in endings and any(path.startswith(f"{root}/") for root in roots)
        ),
        None,
    )


RULE = Rule(
    id="handler-missing",
    group="exposure",
    severity=Severity.ERROR,
    title="No loaded module runs these files",
    why="A handler is only a name until a module answers to it. After an upgrade of PHP, or where a module was "
    "disabled, httpd finds nobody for the name and sends the file itself: visitors download the source, with the "
    "passwords of the database in it.",
    remedy='Load the module, or pass the files on to PHP-FPM with `SetHandler "proxy:unix:...|fcgi://localhost"`.',
    symptoms=(Symptom.EXPOSED, Symptom.WRONG_CONTENT),
    source="https://httpd.apache.org/docs/2.4/handler.html",
    good=(
        Case(text="AddHandler cgi-script .cgi\n"),
        Case(
            text='AddType application/x-httpd-php .php\n<FilesMatch "\\.php$">\n'
            '    SetHandler "proxy:unix:/run/php.sock|fcgi://localhost"\n</FilesMatch>\n'
        ),
        Case(
            text="<IfModule !mod_cgid.c>\n    ScriptAlias /cgi-bin/ /usr/lib/cgi-bin/\n</IfModule>\n",
            modules=("cgid_module", "alias_module"),
        ),
    ),
    bad=(
        Case(
            text="DocumentRoot /srv/www\nAddHandler application/x-httpd-php .php\n",
            files={"/srv/www/index.php": "<?php\n"},
            modules=("mime_module",),
        ),
        Case(
            text="ScriptAlias /cgi-bin/ /srv/cgi-bin/\n",
            files={"/srv/cgi-bin/hello.sh": "#!/bin/sh\n"},
            modules=("alias_module",),
        ),
        Case(text="ScriptAlias /cgi-bin/ /usr/lib/cgi-bin/\n", modules=("alias_module",)),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
