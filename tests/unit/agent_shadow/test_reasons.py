"""Of all that a server says when it fails, the line that says why."""

from __future__ import annotations

import pytest
from safedeploy_host.shadow import reasons

OLD_WARNING = "AH00558: apache2: Could not reliably determine the server's fully qualified domain name"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [
                OLD_WARNING,
                "AH00526: Syntax error on line 3 of /x.conf:",
                "Invalid command 'Foo'",
                "Action '-t' failed.",
            ],
            "AH00526: Syntax error on line 3 of /x.conf: Invalid command 'Foo'",
        ),
        (
            ["[Mon] [ssl:warn] [pid 1] AH01906: a warning", "[Mon] [ssl:emerg] [pid 1] AH02565: they do not match"],
            "[Mon] [ssl:emerg] [pid 1] AH02565: they do not match",
        ),
        (
            [OLD_WARNING, "(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80"],
            "(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80",
        ),
        (["AH00016: Configuration Failed", "AH00015: Unable to open logs"], None),
        (
            ["AH00094: Command line: 'x'", "apache2ctl: 2: /x/envvars: Syntax error: Unterminated quoted string"],
            "apache2ctl: 2: /x/envvars: Syntax error: Unterminated quoted string",
        ),
        (["something that nobody expected"], "something that nobody expected"),
        ([], None),
    ],
)
def test_the_gravest_line_that_says_something_is_the_reason(lines: list[str], expected: str | None) -> None:
    assert reasons.first(lines) == expected
