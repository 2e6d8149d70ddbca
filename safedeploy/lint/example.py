"""A rule's case as the linter reads it: a tree of files, and what is known beside it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from safedeploy.core.layouts import LAYOUTS
from safedeploy.core.lint_choice import LintProfile
from safedeploy.core.policy import Lint
from safedeploy.lint.engine import Report, run
from safedeploy.lint.facts import Facts
from safedeploy.lint.files import Files
from safedeploy.lint.knowledge.modules import modules
from safedeploy.lint.rule import Case


def main_of(case: Case) -> str:
    """The path of a case's main configuration."""
    layout = LAYOUTS[case.layout]
    return f"{layout.server_root}/{layout.main_config}"


def files_of(case: Case) -> Files:
    """The tree of a case."""
    texts = {**case.files, main_of(case): case.text}
    return Files(
        contents={path: text.encode() for path, text in texts.items()},
        links=dict(case.links),
        complete=frozenset(case.closed),
    )


def facts_of(case: Case) -> Facts:
    """What is known beside a case."""
    loaded = case.modules
    if loaded is None:
        loaded = tuple(module.symbol for module in modules() if module.package == "apache2")
    return Facts(
        layout=case.layout,
        version=case.version,
        modules=frozenset(loaded),
        environment=dict(case.environment),
        mode=case.modes.get,
    )


def report_of(case: Case, rule: str) -> Report:
    """What one rule says of a case, whatever profile it belongs to."""
    settings = Lint(profile=LintProfile.STRICT)
    layout = LAYOUTS[case.layout]
    report = run(files_of(case), facts_of(case), settings, main=main_of(case), server_root=layout.server_root)
    return Report(
        findings=tuple(finding for finding in report.findings if finding.rule == rule),
        ignored=report.ignored,
        failed=report.failed,
        configuration=report.configuration,
    )


def with_contents(case: Case, contents: Mapping[str, bytes]) -> Case:
    """The same case with other contents of its files."""
    texts = {path: content.decode() for path, content in contents.items()}
    return replace(case, text=texts.pop(main_of(case)), files=texts)
