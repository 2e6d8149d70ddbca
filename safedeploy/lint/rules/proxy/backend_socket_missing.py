"""A Unix socket of a backend that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each socket that certainly does not exist now."""
    for statement, target in proxying.targets(configuration):
        path = proxying.socket_of(target)
        if path is None:
            continue
        if facts.there(configuration.files, path) is False:
            yield Hit(at=statement, message=f"nothing listens at {path}: there is no such socket")


RULE = Rule(
    id="backend-socket-missing",
    group="proxy",
    severity=Severity.WARNING,
    title="A backend's socket that is not there",
    why="The socket of PHP-FPM has the version of PHP in its name, and is gone with it after an upgrade. httpd starts "
    "all the same, and answers every request for the application with a 503.",
    remedy="Name the socket that the service listens at, or start the service.",
    symptoms=(Symptom.ERROR_502,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy_fcgi.html#examples",
    good=(
        Case(text='SetHandler "proxy:unix:/run/php/php8.2-fpm.sock|fcgi://localhost"\n'),
        Case(
            text='SetHandler "proxy:unix:/run/php/php8.2-fpm.sock|fcgi://localhost"\n',
            files={"/run/php/php8.2-fpm.sock": ""},
            closed=("/run/php",),
        ),
    ),
    bad=(
        Case(
            text='SetHandler "proxy:unix:/run/php/php7.4-fpm.sock|fcgi://localhost"\n',
            files={"/run/php/php8.2-fpm.sock": ""},
            closed=("/run/php",),
        ),
    ),
    check=check,
)
