"""Which rules are on, how grave their findings are, and which files are left out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from safedeploy.lint.finding import Severity
from safedeploy.lint.rule import Profile, Rule

OFF = "off"


@dataclass(frozen=True, kw_only=True)
class LintSettings:
    """`rules` has, by rule id, a severity or "off"; `ignore` has patterns of paths, where * stands for anything."""

    profile: Profile = Profile.DEFAULT
    rules: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()

    def severity(self, rule: Rule) -> Severity | None:
        """How grave a rule's findings are at most; None when it is off."""
        wanted = self.rules.get(rule.id)
        if wanted is None:
            return rule.severity if self.profile.includes(rule.profile) else None
        return None if wanted == OFF else Severity(wanted)

    def ignores(self, path: str) -> bool:
        """Whether findings in this file are left out."""
        return any(fnmatchcase(path, pattern) for pattern in self.ignore)
