"""A list of users that is not there, or is not named."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.reach import statements
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import may_overlap

FILES = ("authuserfile", "authgroupfile", "authdigestfile")
# Other directives with these beginnings may say where users are known from.
_SOURCES = ("auth", "anonymous", "perl", "lua", "python", "dbd")
_NO_SOURCES = ("authtype", "authname", "authmerging", "authzsendforbiddenonfailure", "authgroupfile")


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each file of users that certainly does not exist, and each AuthType Basic with no source of users."""
    read = [(each, severity) for each, severity in statements(configuration) if each.active is not False]
    for each, severity in read:
        if each.key in FILES and each.certain and each.arguments and "${" not in each.argument:
            path = configuration.absolute(each.argument)
            if facts.there(configuration.files, path) is False:
                yield Hit(at=each, message=f"{each.name} names {path}, and there is no such file", severity=severity)
        elif each.key == "authtype" and each.argument.lower() == "basic":
            yield from _without_source(configuration, each, [one for one, _ in read], severity)


def _without_source(
    configuration: Configuration, at: Statement, read: list[Statement], severity: Severity | None
) -> Iterator[Hit]:
    required = any(
        one.key == "require" and one.context is at.context and one.argument.lower() in ("valid-user", "user", "group")
        for one in read
    )
    given = any(
        one.key.startswith(_SOURCES) and one.key not in _NO_SOURCES and may_overlap(one.context, at.context)
        for one in read
    )
    if required and not given and configuration.module("authn_file") is not False:
        yield Hit(
            at=at,
            message="AuthType Basic has no list of users: no AuthUserFile and no AuthBasicProvider is in effect here",
            remedy="Name the file of users with AuthUserFile.",
            severity=severity if configuration.complete else Severity.WARNING,
        )


RULE = Rule(
    id="auth-file-missing",
    group="access",
    severity=Severity.ERROR,
    title="The list of users is not there",
    why="httpd opens the file of `AuthUserFile` only when a visitor has given a name and a password. Without it every "
    "log-in ends in a 500, and the test of the configuration and a look at the page (a 401, as it should be) show "
    "nothing of it.",
    remedy="Deliver the file, or correct the path.",
    symptoms=(Symptom.ERROR_500,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_authn_file.html#authuserfile",
    good=(
        Case(
            text='<Location "/staff">\n    AuthType Basic\n    AuthName "Staff"\n    AuthUserFile users\n'
            "    Require valid-user\n</Location>\n",
            files={"/etc/apache2/users": "alice:x\n"},
            closed=("/etc/apache2",),
        ),
        Case(
            text='<Location "/staff">\n    AuthType Basic\n    AuthName "Staff"\n    AuthBasicProvider ldap\n'
            '    AuthLDAPURL "ldap://ldap.example.com/dc=example"\n    Require valid-user\n</Location>\n'
        ),
    ),
    bad=(
        Case(
            text='<Location "/staff">\n    AuthType Basic\n    AuthName "Staff"\n    AuthUserFile users\n'
            "    Require valid-user\n</Location>\n",
            closed=("/etc/apache2",),
        ),
        Case(
            text='<Location "/staff">\n    AuthType Basic\n    AuthName "Staff"\n    Require valid-user\n</Location>\n'
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
