"""Everything that httpd reads: the server's configuration and the .htaccess files, with how sure that is."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement


def statements(configuration: Configuration) -> Iterator[tuple[Statement, Severity | None]]:
    """Each directive, with what a finding about it is lowered to.

    That is None where httpd surely reads the file, and a warning in an .htaccess of which it depends on what is not
    known. An .htaccess that is not read is left out.
    """
    for statement in configuration.statements:
        yield statement, None
    for htaccess in configuration.htaccess:
        if htaccess.is_read is False:
            continue
        severity = None if htaccess.is_read else Severity.WARNING
        for statement in htaccess.statements:
            yield statement, severity
