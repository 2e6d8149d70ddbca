"""A directory of CGI programs that are sent instead of run."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from safedeploy.lint import openness
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, servers

RUNNING = ("cgi", "perl", "php", "wsgi", "lua", "proxy:", "python", "ruby", "isapi")
HANDLERS = ("sethandler", "addhandler", "addtype", "forcetype", "action", "script", "rewriterule")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Alias of a directory called cgi-bin, where nothing makes a program of its files."""
    for server in servers(configuration):
        for address, directory, statement in openness.places(server):
            if statement not in server.own or statement.key != "alias":
                continue
            if "cgi-bin" not in (posixpath.basename(directory), posixpath.basename(address.rstrip("/"))):
                continue
            if _may_run(configuration, server, directory):
                continue
            script = _script(configuration, directory)
            name = script or "x"
            if openness.is_open(configuration, server, f"{address.rstrip('/')}/{name}", f"{directory}/{name}"):
                yield Hit(
                    at=statement,
                    message=f"{address.rstrip('/')}/{script or '...'} is sent as a file: Alias runs nothing",
                    remedy=f"Write ScriptAlias {address} {statement.arguments[-1]}.",
                    severity=None if script else Severity.WARNING,
                )


def _may_run(configuration: Configuration, server: Server, directory: str) -> bool:
    """Whether something of this server may run scripts, or another alias does."""
    beside = [each for one in configuration.htaccess for each in one.statements if one.directory.startswith(directory)]
    return any(
        each.active is not False
        and (
            (each.key in HANDLERS and any(word in " ".join(each.arguments).lower() for word in RUNNING))
            or (each.key in ("scriptalias", "scriptaliasmatch") and directory in each.arguments[-1])
        )
        for each in (*server.statements, *beside)
    )


def _script(configuration: Configuration, directory: str) -> str | None:
    """A file in the directory that begins as a script does."""
    for name in configuration.files.names(directory):
        content = configuration.files.content(f"{directory}/{name}")
        if content is not None and content.startswith(b"#!"):
            return name
    return None


RULE = Rule(
    id="script-source-served",
    group="exposure",
    severity=Severity.ERROR,
    title="Scripts are sent instead of run",
    why="`ScriptAlias` does two things: it serves a directory, and it says that the files in it are programs. `Alias` "
    "does the first alone. Visitors then get the source of each script, with the passwords that are in it, and "
    "nothing is run any more.",
    remedy="Write `ScriptAlias`, or add `Options +ExecCGI` and `SetHandler cgi-script` for the directory.",
    symptoms=(Symptom.EXPOSED, Symptom.WRONG_CONTENT),
    source="https://httpd.apache.org/docs/2.4/howto/cgi.html#configuring",
    good=(
        Case(text="ScriptAlias /cgi-bin/ /srv/cgi-bin/\n", files={"/srv/cgi-bin/a.sh": "#!/bin/sh\n"}),
        Case(
            text="Alias /cgi-bin/ /srv/cgi-bin/\n<Directory /srv/cgi-bin>\n    Options +ExecCGI\n"
            "    SetHandler cgi-script\n</Directory>\n",
            files={"/srv/cgi-bin/a.sh": "#!/bin/sh\n"},
        ),
        Case(text="Alias /downloads/ /srv/downloads/\n", files={"/srv/downloads/install.sh": "#!/bin/sh\n"}),
    ),
    bad=(
        Case(text="Alias /cgi-bin/ /srv/cgi-bin/\n", files={"/srv/cgi-bin/a.sh": "#!/bin/sh\n"}),
        Case(text="Alias /cgi-bin/ /usr/lib/cgi-bin/\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
