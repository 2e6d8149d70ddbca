"""Every rule that is on, over one configuration: findings in order, without what is ignored on purpose.

Pure. A rule that fails costs its own findings and is named in the report: a fault of a rule must not stop a push.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from safedeploy.core.policy import Lint
from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.finding import Finding, Severity
from safedeploy.lint.ignores import comments
from safedeploy.lint.knowledge.directives import providers
from safedeploy.lint.registry import rules
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.resolve import resolve
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Hit, Rule
from safedeploy.lint.rules.ignores import unused_ignore
from safedeploy.lint.settings import is_ignored, severity_of
from safedeploy.lint.syntax.position import Position


@dataclass(frozen=True, kw_only=True)
class Report:
    """What came of it. `ignored` are findings that a comment or a pattern of the settings leaves out.

    `failed` are rules that could not do their work, with the error; `configuration` is what was looked at.
    """

    findings: tuple[Finding, ...]
    configuration: Configuration = field(repr=False)
    ignored: tuple[Finding, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of one severity."""
        return tuple(finding for finding in self.findings if finding.severity is severity)


def run(files: Files, facts: Facts, settings: Lint, *, main: str, server_root: str, fragment: bool = False) -> Report:
    """Read the configuration that begins with the file `main`, and apply the rules to it.

    `fragment`: the file is only a part, and nobody knows what is around it.
    """
    known = facts if facts.directive_modules else replace(facts, directive_modules=providers)
    return judge(resolve(files, known, main=main, server_root=server_root, fragment=fragment), known, settings)


def judge(configuration: Configuration, facts: Facts, settings: Lint) -> Report:
    """Apply the rules to a configuration that has been read."""
    found: dict[tuple[object, ...], Finding] = {}
    failed: list[tuple[str, str]] = []
    for rule in rules().values():
        severity = severity_of(rule, settings)
        if severity is None:
            continue
        try:
            for hit in rule.check(configuration, facts):
                finding = _finding(rule, severity, hit)
                if finding is not None:
                    found.setdefault(finding.order, finding)
        except Exception as error:  # noqa: BLE001 - see the module's promise; tests let no rule fail
            failed.append((rule.id, f"{type(error).__name__}: {error}"))
    kept, left_out = _divided(configuration, list(found.values()), settings)
    return Report(
        findings=tuple(sorted(kept, key=lambda finding: finding.order)),
        ignored=tuple(sorted(left_out, key=lambda finding: finding.order)),
        failed=tuple(failed),
        configuration=configuration,
    )


def _finding(rule: Rule, severity: Severity, hit: Hit) -> Finding | None:
    at = hit.at
    if isinstance(at, Statement):
        if at.active is False:
            return None
        if at.active is None:
            severity = Severity.INFO
    if hit.severity is not None and hit.severity.rank > severity.rank:
        severity = hit.severity
    return Finding(
        rule=rule.id,
        severity=severity,
        position=at if isinstance(at, Position) else at.position,
        message=hit.message,
        remedy=hit.remedy or rule.remedy,
        fix=hit.fix,
        related=hit.related,
    )


def _divided(configuration: Configuration, found: list[Finding], settings: Lint) -> tuple[list[Finding], list[Finding]]:
    """Those to show and those left out; comments that leave nothing out are findings themselves."""
    written = comments(configuration)
    used: set[int] = set()
    kept: list[Finding] = []
    left_out: list[Finding] = []
    for finding in found:
        covering = [one for one in written if one.covers(finding.rule, finding.position)]
        used |= {id(one) for one in covering}
        excused = is_ignored(finding.path, settings) or any(one.reason for one in covering)
        (left_out if excused else kept).append(finding)
    severity = severity_of(unused_ignore.RULE, settings)
    if severity is not None:
        hits = unused_ignore.hits(written, used, lambda rule: _is_on(rule, settings))
        unused = [one for hit in hits if (one := _finding(unused_ignore.RULE, severity, hit)) is not None]
        for finding in unused:
            (left_out if is_ignored(finding.path, settings) else kept).append(finding)
    return kept, left_out


def _is_on(name: str, settings: Lint) -> bool | None:
    """Whether a rule would have told: of one that is off nobody knows whether a comment is used. None: no such rule."""
    rule = rules().get(name)
    return None if rule is None else severity_of(rule, settings) is not None
