"""Order, Allow and Deny of httpd 2.2 in one section with Require of 2.4."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Context, Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

OLD = ("order", "allow", "deny")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each section that has both, told once, at the first of the old directives."""
    for statements in (
        configuration.statements,
        *(one.statements for one in configuration.htaccess if one.is_read is not False),
    ):
        old: dict[Context, Statement] = {}
        new: dict[Context, Statement] = {}
        for statement in statements:
            if statement.active is not True:
                continue
            if statement.key in OLD:
                old.setdefault(statement.context, statement)
            elif statement.key == "require" and _is_about_addresses(statement):
                new.setdefault(statement.context, statement)
        for context, first in old.items():
            if context in new:
                yield Hit(
                    at=first,
                    message=f"{first.name} and Require decide on access here, and a request needs both",
                    related=(Related(position=new[context].position, text="Require stands here"),),
                )


def _is_about_addresses(statement: Statement) -> bool:
    """Whether it does what Allow and Deny do: with names of users both are needed together."""
    words = [word.lower() for word in statement.arguments if word.lower() != "not"]
    return bool(words) and words[0] in ("all", "ip", "host", "local", "forward-dns")


RULE = Rule(
    id="order-with-require",
    group="access",
    severity=Severity.WARNING,
    title="Order, Allow and Deny mixed with Require",
    why="mod_access_compat and mod_authz_core look at a request one after the other, and it must pass both. A "
    "forgotten `Deny from all` makes `Require all granted` a 403; a forgotten `Allow from all` hides that `Require` "
    "is what counts.",
    remedy="Say it with `Require` alone: `Require all granted`, `Require all denied`, `Require ip ADDRESS`.",
    symptoms=(Symptom.ERROR_403,),
    source="https://httpd.apache.org/docs/2.4/upgrading.html#access",
    good=(
        Case(text='<Directory "/srv/www">\n    Require ip 192.0.2.0/24\n</Directory>\n'),
        Case(
            text='<Directory "/srv/www">\n    Order deny,allow\n    Deny from all\n    Allow from 192.0.2.0/24\n'
            "    Require valid-user\n    Satisfy any\n</Directory>\n"
        ),
    ),
    bad=(
        Case(
            text='<Directory "/srv/www">\n    Order allow,deny\n    Allow from 192.0.2.0/24\n'
            "    Require all granted\n</Directory>\n"
        ),
    ),
    check=check,
)
