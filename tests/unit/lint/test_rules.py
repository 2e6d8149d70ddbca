"""What holds of every rule: it finds its failing cases, passes the others, and says all that a rule has to say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from safedeploy.lint import example
from safedeploy.lint.finding import Severity
from safedeploy.lint.fixing import fix
from safedeploy.lint.registry import rules

CHECKOUT = Path(__file__).resolve().parents[3]
PACKAGE = CHECKOUT / "safedeploy/lint/rules"
RULES = rules()
GOOD = [pytest.param(rule, case, id=f"{name}-{n}") for name, rule in RULES.items() for n, case in enumerate(rule.good)]
BAD = [pytest.param(rule, case, id=f"{name}-{n}") for name, rule in RULES.items() for n, case in enumerate(rule.bad)]


@pytest.mark.parametrize(("rule", "case"), GOOD)
def test_a_rule_says_nothing_of_its_good_case(rule, case):
    report = example.report_of(case, rule.id)
    assert [finding.message for finding in report.findings] == []
    assert report.failed == ()


@pytest.mark.parametrize(("rule", "case"), BAD)
def test_a_rule_finds_its_bad_case(rule, case):
    report = example.report_of(case, rule.id)
    assert report.findings
    assert report.failed == ()
    for finding in report.findings:
        assert finding.severity.rank >= rule.severity.rank
        assert finding.message
        assert not finding.message.endswith(".")
        assert finding.remedy.endswith(".")


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_some_bad_case_shows_the_severity_of_the_rule(rule):
    found = {finding.severity for case in rule.bad for finding in example.report_of(case, rule.id).findings}
    assert rule.severity in found


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_has_all_its_texts_a_source_and_both_cases(rule):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id)
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.remedy.endswith(".")
    assert rule.symptoms
    assert rule.source.startswith("https://")
    assert rule.good
    assert rule.bad


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_lies_in_the_file_of_its_name_in_the_directory_of_its_group(rule):
    assert (PACKAGE / rule.group / f"{rule.id.replace('-', '_')}.py").is_file()


def test_every_file_of_the_package_is_a_rule():
    files = {path.stem.replace("_", "-") for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"}
    assert files == set(RULES)


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.fixes], ids=lambda rule: rule.id)
def test_a_rule_that_offers_fixes_mends_one_of_its_bad_cases(rule):
    done = []
    for case in rule.bad:
        before = example.report_of(case, rule.id)
        files = example.files_of(case).contents
        mended = fix(files, before, lambda now, case=case: example.report_of(example.with_contents(case, now), rule.id))
        done += mended.done
    assert done


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if not rule.fixes], ids=lambda rule: rule.id)
def test_a_rule_that_offers_no_fixes_has_none(rule):
    assert [one.fix for case in rule.bad for one in example.report_of(case, rule.id).findings if one.fix] == []


def test_errors_are_in_every_profile():
    late = [rule.id for rule in RULES.values() if rule.severity is Severity.ERROR and rule.profile.value != "minimal"]
    assert late == []
