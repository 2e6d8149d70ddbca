"""A configuration in memory, and what the linter says of it."""

from __future__ import annotations

import pytest

from safedeploy.core.policy import Lint
from safedeploy.lint import example
from safedeploy.lint.engine import run
from safedeploy.lint.rule import Case


@pytest.fixture
def judged():
    """`judged(text, settings=..., **case)`: the report of a configuration."""

    def judge(text, settings=None, **case):
        made = Case(text=text, **case)
        return run(
            example.files_of(made),
            example.facts_of(made),
            settings or Lint(),
            main=example.main_of(made),
            server_root="/etc/apache2",
        )

    return judge


@pytest.fixture
def found(judged):
    """The same as `rule:line severity`, in order."""

    def say(text, settings=None, **case):
        report = judged(text, settings, **case)
        assert report.failed == ()
        return [f"{one.rule}:{one.position.line} {one.severity.value}" for one in report.findings]

    return say
