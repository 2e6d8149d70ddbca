"""Require with a word that no module provides."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Edit, Fix, Severity
from safedeploy.lint.knowledge.modules import advice
from safedeploy.lint.known import every_directive
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# Who provides each word of Require among httpd's own modules.
_PROVIDERS = {
    "all": "authz_core_module",
    "dbd-group": "authz_dbd_module",
    "dbd-login": "authz_dbd_module",
    "dbd-logout": "authz_dbd_module",
    "dbm-file-group": "authz_dbm_module",
    "dbm-group": "authz_dbm_module",
    "env": "authz_core_module",
    "expr": "authz_core_module",
    "file-group": "authz_owner_module",
    "file-owner": "authz_owner_module",
    "forward-dns": "authz_host_module",
    "group": "authz_groupfile_module",
    "host": "authz_host_module",
    "ip": "authz_host_module",
    "ldap-attribute": "authnz_ldap_module",
    "ldap-dn": "authnz_ldap_module",
    "ldap-filter": "authnz_ldap_module",
    "ldap-group": "authnz_ldap_module",
    "ldap-search": "authnz_ldap_module",
    "ldap-user": "authnz_ldap_module",
    "local": "authz_host_module",
    "method": "authz_core_module",
    "ssl": "ssl_module",
    "ssl-verify-client": "ssl_module",
    "user": "authz_user_module",
    "valid-user": "authz_user_module",
}
# Modules that let a configuration name providers of its own.
_NAMING = ("authzprovideralias", "luaauthzprovider", "authnzfcgidefineprovider")


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each Require whose provider there certainly is not."""
    named = {word for one in configuration.named(*_NAMING) for word in one.arguments}
    alone = configuration.complete and every_directive(configuration, facts)
    for statement, lowered in reach.statements(configuration):
        if statement.key != "require" or not statement.certain:
            continue
        words = statement.arguments[1:] if statement.argument.lower() == "not" else statement.arguments
        if not words or words[0] in named:
            continue
        yield from _judge(configuration, statement, words[0], lowered if alone else lowered or Severity.WARNING)


def _judge(configuration: Configuration, statement: Statement, word: str, lowered: Severity | None) -> Iterator[Hit]:
    module = _PROVIDERS.get(word)
    if module is not None:
        if configuration.module(module) is False:
            yield Hit(
                at=statement,
                message=f"Require {word} is provided by {module}, which is not loaded",
                remedy=f"Choose another word, or {advice(module)}.",
                severity=lowered,
            )
        return
    if word in ("granted", "denied"):
        yield Hit(
            at=statement,
            message=f"Require does not know {word} alone",
            remedy=f"Write Require all {word}.",
            severity=lowered if lowered is Severity.WARNING else None,
        )
        return
    lower = word.lower().replace("_", "-")
    meant = lower if lower in _PROVIDERS else None
    if meant is not None:
        yield Hit(
            at=statement,
            message=f"Require does not know {word}: the word is {meant}, in small letters",
            remedy=f"Write {meant}.",
            fix=_fix(statement, word, meant),
        )
        return
    near = nearest(word, _PROVIDERS)
    yield Hit(
        at=statement,
        message=f"no module provides {word} for Require" + (f"; did you mean {near}?" if near else ""),
        remedy=f"Write {near}, or load the module that provides {word}." if near else None,
        severity=lowered,
    )


def _fix(statement: Statement, word: str, meant: str) -> Fix | None:
    number = statement.arguments.index(word)
    position = statement.word_position(number)
    if position == statement.position or statement.directive.words[number].quoted:
        return None
    return Fix(title=f"Write {meant}.", edits=(Edit(position=position, text=meant),))


RULE = Rule(
    id="require-provider",
    group="syntax",
    severity=Severity.ERROR,
    title="Require with a word that no module provides",
    why="httpd looks up the word behind `Require` letter by letter, unlike the names of directives: it knows neither "
    "`Require All granted` nor `Require Valid-User`. It refuses the whole configuration; in an `.htaccess` every "
    "request below its directory is answered with a 500.",
    remedy="Write the word as its module's documentation does, in small letters.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/mod_authz_core.html#require",
    good=(
        Case(text='<Location "/a">\n    Require all Granted\n</Location>\n'),
        Case(
            text='<Location "/a">\n<RequireAll>\n    Require all granted\n    Require NOT method GET\n'
            "</RequireAll>\n</Location>\n"
        ),
        Case(
            text="<AuthzProviderAlias ip office 192.0.2.0/24>\n</AuthzProviderAlias>\n"
            '<Location "/a">\n    Require office\n</Location>\n'
        ),
    ),
    bad=(
        Case(text='<Location "/a">\n    Require All Granted\n</Location>\n'),
        Case(text='<Location "/a">\n    Require users bob\n</Location>\n'),
        Case(text='<Location "/a">\n    Require granted\n</Location>\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
    fixes=True,
)
