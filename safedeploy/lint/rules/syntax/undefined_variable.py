"""A variable that nobody defines."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# Where a value with ${...} in it keeps httpd from starting.
_FATAL = {
    *("customlog", "documentroot", "errorlog", "globallog", "group", "listen", "pidfile", "serverroot"),
    *("sslcacertificatefile", "sslcertificatefile", "sslcertificatekeyfile", "transferlog", "user"),
}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each variable that stays as it is written; where it is not sure that nobody defines it, nothing is said."""
    for one in configuration.undefined:
        statement = one.statement
        if not one.certain or statement.active is False:
            continue
        text = "${" + one.name + "}"
        first = text in statement.argument and not statement.argument.startswith("|")
        near = nearest(one.name, configuration.defines)
        yield Hit(
            at=statement,
            message=f"nothing defines {text}, so that {statement.name} has it as it is written"
            + (f"; did you mean {near}?" if near else ""),
            severity=None if statement.key in _FATAL and first else Severity.WARNING,
        )


RULE = Rule(
    id="undefined-variable",
    group="syntax",
    severity=Severity.ERROR,
    title="A variable that nothing defines",
    why="httpd leaves `${NAME}` as it stands when neither a `Define` before it nor its environment has the name. A log "
    "or a document root then lies in a directory that is called so, and httpd does not start; elsewhere the text "
    "itself becomes the setting.",
    remedy="Correct the name, or define it before: `Define NAME value`.",
    symptoms=(Symptom.NO_START, Symptom.NO_EFFECT),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#define",
    good=(
        Case(text="Define SITE www\nErrorLog /var/log/${SITE}.log\n"),
        Case(text="ErrorLog ${APACHE_LOG_DIR}/e.log\n", environment={"APACHE_LOG_DIR": "/var/log/apache2"}),
        Case(text="RewriteRule ^/a/(.*) /b/${names:$1}\n"),
    ),
    bad=(
        Case(text="Define SITE www\nErrorLog /var/log/${SITES}.log\n"),
        Case(text="ServerAdmin ${MAIL}\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
