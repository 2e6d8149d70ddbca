"""What httpd refuses to read."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each problem of the configuration, and of each .htaccess."""
    missing = {one.statement.position for one in configuration.missing_includes}  # a rule of its own
    for problem in configuration.problems:
        if problem.position in missing:
            continue
        severity = None if problem.certain else Severity.INFO
        yield Hit(at=problem.position, message=f"httpd refuses this: {problem.text}", severity=severity)
    for htaccess in configuration.htaccess:
        for problem in htaccess.problems if htaccess.is_read is not False else ():
            severity = None if problem.certain and htaccess.is_read else Severity.WARNING
            message = f"requests for {htaccess.directory} get a 500: {problem.text}"
            yield Hit(at=problem.position, message=message, severity=severity)


RULE = Rule(
    id="syntax-error",
    group="syntax",
    severity=Severity.ERROR,
    title="httpd cannot read the configuration",
    why="httpd does not start with it, and a reload is refused or, sent as a bare signal, ends the server. In an "
    "`.htaccess` every request below its directory is answered with a 500, and no test of the configuration tells.",
    remedy="Correct the line; each section ends in the file in which it begins.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/configuring.html#syntax",
    good=(Case(text='<Location "/status">\n    Require local\n</Location>\n'),),
    bad=(Case(text='<Location "/status">\n    Require local\n</Directory>\n'),),
    check=check,
    profile=Profile.MINIMAL,
)
