"""Require of a user where nothing says how users are known."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.reach import statements
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import GROUPING, may_overlap

_ABOUT_USERS = frozenset(
    {"valid-user", "user", "group", "ldap-user", "ldap-group", "ldap-dn", "dbm-group", "dbd-group", "file-owner",
     "file-group"}
)  # fmt: skip
# Programs of the administrator's own and modules that let users in without AuthType.
_ELSEWHERE = ("luahook", "perlauth", "shib", "oidc", "casauth", "mellon", "jwt", "gss", "authform")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Require of a user for which no AuthType, or no AuthName, can be in effect."""
    read = [(each, severity) for each, severity in statements(configuration) if each.active is not False]
    if any(each.key.startswith(_ELSEWHERE) or each.key == "satisfy" for each, _ in read):
        return
    about = [each for each, _ in read if each.key in ("authtype", "authname")]
    others = {id(each.context) for each, _ in read if each.key in ("require", *GROUPING) and not _about_users(each)}
    for each, severity in read:
        if each.key != "require" or not each.certain or not _about_users(each):
            continue
        missing = next((name for name in ("AuthType", "AuthName") if not _given(each, name, about)), None)
        if missing is None:
            continue
        alone = not _beside(each, others)
        sure = configuration.complete and alone
        yield Hit(
            at=each,
            message=f"Require {' '.join(each.arguments)} needs {missing}, and none is in effect here",
            remedy=f"Write {'AuthType Basic' if missing == 'AuthType' else 'AuthName'} and what belongs to it here, as "
            "AuthUserFile, or take the Require away.",
            severity=severity if sure else Severity.WARNING,
        )


def _about_users(statement: Statement) -> bool:
    words = [word.lower() for word in statement.arguments]
    return bool(words) and words[0] in _ABOUT_USERS


def _given(at: Statement, name: str, about: list[Statement]) -> bool:
    """Whether a directive of this name may be in effect where `at` stands."""
    given = [each for each in about if each.key == name.lower() and may_overlap(each.context, at.context)]
    if name == "AuthName":
        types = [each for each in about if each.key == "authtype" and may_overlap(each.context, at.context)]
        if any(each.argument.lower() not in ("basic", "digest") for each in types):
            return True  # other kinds can do without
    return any(each.argument.lower() != "none" or not each.certain for each in given)


def _beside(at: Statement, others: set[int]) -> bool:
    """Whether a request can be let in for another reason, or is never asked: methods, groups, other requirements."""
    if any(section.key in GROUPING or section.key.startswith("limit") for section in at.context.sections):
        return True
    return id(at.context) in others


RULE = Rule(
    id="require-without-auth",
    group="access",
    severity=Severity.ERROR,
    title="A user is required, and nothing asks for one",
    why="`Require valid-user` says who may come in, not how a visitor is asked for a name. Without `AuthType` and "
    "`AuthName` in effect httpd cannot ask, and answers every request with a 500.",
    remedy="Give `AuthType`, `AuthName` and a source of users such as `AuthUserFile` in the same section.",
    symptoms=(Symptom.ERROR_500,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_authn_core.html#authtype",
    good=(
        Case(
            text='<Location "/staff">\n    AuthType Basic\n    AuthName "Staff"\n    AuthUserFile /etc/apache2/users\n'
            "    Require valid-user\n</Location>\n"
        ),
        Case(
            text='<Directory "/srv/www">\n    AuthType Basic\n    AuthName Staff\n    AuthUserFile /etc/apache2/users\n'
            '</Directory>\n<Location "/staff">\n    Require valid-user\n</Location>\n'
        ),
    ),
    bad=(
        Case(
            text='<Location "/staff">\n    AuthType Basic\n    AuthName "Staff"\n    AuthUserFile /etc/apache2/users\n'
            '    Require valid-user\n</Location>\n<Location "/docs">\n    Require valid-user\n</Location>\n'
        ),
        Case(
            text='<Location "/staff">\n    AuthType Basic\n    AuthUserFile /etc/apache2/users\n'
            "    Require valid-user\n</Location>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
