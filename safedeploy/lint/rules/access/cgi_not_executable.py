"""A CGI program that may not be executed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

EXECUTE = 0o111
# What a script may take in, rather than what is asked for.
LIBRARIES = (".pm", ".inc", ".txt", ".md", ".conf", ".ph", ".html", ".json")


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each script in the directory of a ScriptAlias whose permissions have no x at all."""
    if configuration.module("cgi_module") is False and configuration.module("cgid_module") is False:
        return
    for statement in configuration.named("ScriptAlias"):
        if not statement.certain or len(statement.arguments) != 2 or _is_handled_otherwise(configuration):
            continue
        for path in _scripts(configuration, statement):
            mode = facts.mode(path)
            if mode is not None and not mode & EXECUTE:
                yield Hit(
                    at=statement,
                    message=f"{path} has the permissions {mode:04o}: nobody may execute it, and it is a 500",
                    remedy=f"Give {posixpath.basename(path)} the mode 0755.",
                )


def _scripts(configuration: Configuration, statement: Statement) -> Iterator[str]:
    directory = statement.arguments[1].rstrip("/") or "/"
    for name in configuration.files.names(directory):
        path = f"{directory}/{name}"
        content = configuration.files.content(path)
        if (
            content is not None
            and content.startswith(b"#!")
            and not name.startswith(".")
            and not name.endswith(LIBRARIES)
        ):
            yield path


def _is_handled_otherwise(configuration: Configuration) -> bool:
    """Whether scripts may be given to an interpreter instead of being executed."""
    return any(
        any(word in " ".join(each.arguments).lower() for word in ("fcgid", "perl-script", "proxy:"))
        for each in configuration.named("SetHandler", "AddHandler")
    ) or bool(configuration.named("Action", "SuexecUserGroup", "ScriptInterpreterSource"))


RULE = Rule(
    id="cgi-not-executable",
    group="access",
    severity=Severity.ERROR,
    title="A CGI program that may not be executed",
    why="httpd starts a CGI program as any other: without the permission to execute it that fails, and the visitor "
    "gets a 500. Ansible's `copy` and `template` write files with 0644 if they are not told otherwise.",
    remedy='Deliver it with `mode: "0755"`.',
    symptoms=(Symptom.ERROR_500,),
    source="https://httpd.apache.org/docs/2.4/howto/cgi.html#permissions",
    good=(
        Case(
            text="ScriptAlias /cgi-bin/ /srv/cgi-bin/\n",
            files={"/srv/cgi-bin/hello.sh": "#!/bin/sh\n"},
            modes={"/srv/cgi-bin/hello.sh": 0o755},
        ),
        Case(text="ScriptAlias /cgi-bin/ /srv/cgi-bin/\n", files={"/srv/cgi-bin/hello.sh": "#!/bin/sh\n"}),
        Case(
            text="ScriptAlias /cgi-bin/ /srv/cgi-bin/\n",
            files={"/srv/cgi-bin/README": "Programs\n"},
            modes={"/srv/cgi-bin/README": 0o644},
        ),
    ),
    bad=(
        Case(
            text="ScriptAlias /cgi-bin/ /srv/cgi-bin/\n",
            files={"/srv/cgi-bin/hello.sh": "#!/bin/sh\n"},
            modes={"/srv/cgi-bin/hello.sh": 0o644},
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
