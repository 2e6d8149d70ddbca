"""Which rules are on, how grave their findings are, and which files are left out. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase

from safedeploy.core.policy import Lint
from safedeploy.lint.finding import Severity
from safedeploy.lint.rule import Rule

OFF = "off"


def severity_of(rule: Rule, settings: Lint) -> Severity | None:
    """How grave a rule's findings are at most; None when it is off."""
    wanted = settings.rules.get(rule.id)
    if wanted is None:
        return rule.severity if settings.profile.includes(rule.profile) else None
    return None if wanted == OFF else Severity(wanted)


def is_ignored(path: str, settings: Lint) -> bool:
    """Whether findings in this file are left out."""
    return any(fnmatchcase(path, pattern) for pattern in settings.ignore)
