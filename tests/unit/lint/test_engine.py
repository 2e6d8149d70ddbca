"""Which findings a report has, how grave they are, and in which order."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from safedeploy.core.lint_choice import LintFailure, LintProfile
from safedeploy.core.policy import Lint
from safedeploy.lint import engine
from safedeploy.lint.finding import Severity
from safedeploy.lint.outcome import refuses
from safedeploy.lint.registry import rules

SLASH = 'ProxyPass "/" "http://127.0.0.1:9000"\n'


def test_findings_come_in_the_order_of_lines(found):
    assert found(f"{SLASH}Listen 80\nMaxClients 5\nListen 80\n") == [
        "proxypass-slashes:1 error",
        "outdated-directive:3 info",
        "duplicate-listen:4 error",
    ]


def test_a_profile_leaves_out_the_rules_of_stricter_ones(found):
    assert found(f"{SLASH}MaxClients 5\n", Lint(profile=LintProfile.MINIMAL)) == ["proxypass-slashes:1 error"]


def test_a_setting_switches_a_rule_off(found):
    assert found(SLASH, Lint(rules={"proxypass-slashes": "off"})) == []


def test_a_setting_makes_a_rule_milder_or_graver(found):
    assert found(SLASH, Lint(rules={"proxypass-slashes": "warning"})) == ["proxypass-slashes:1 warning"]
    assert found("MaxClients 5\n", Lint(rules={"outdated-directive": "error"})) == ["outdated-directive:1 error"]


def test_a_rule_that_is_named_is_on_in_every_profile(found):
    settings = Lint(profile=LintProfile.MINIMAL, rules={"outdated-directive": "warning"})
    assert found("MaxClients 5\n", settings) == ["outdated-directive:1 warning"]


def test_files_of_the_setting_ignore_have_no_findings(found):
    assert found(SLASH, Lint(ignore=("/etc/apache2/apache2*",))) == []
    assert found(SLASH, Lint(ignore=("/etc/httpd/*",))) == ["proxypass-slashes:1 error"]


def test_what_httpd_does_not_read_has_no_findings(found):
    assert found(f"<IfModule !mod_proxy.c>\n{SLASH}</IfModule>\n<IfModule nothing_module>\n{SLASH}</IfModule>\n") == []


def test_what_httpd_may_read_or_not_is_info(judged):
    text = f"Include /elsewhere/unknown.conf\n<IfDefine MAYBE>\n{SLASH}</IfDefine>\n"
    assert [(one.rule, one.severity) for one in judged(text).findings] == [("proxypass-slashes", Severity.INFO)]


def test_a_file_that_is_included_twice_has_its_findings_once(found):
    text = "Include /etc/apache2/a.conf\nInclude /etc/apache2/a.conf\n"
    assert found(text, files={"/etc/apache2/a.conf": SLASH}) == ["proxypass-slashes:1 error"]


def test_a_finding_has_the_real_file_also_behind_a_link(judged):
    report = judged(
        "IncludeOptional sites-enabled/*.conf\n",
        files={"/etc/apache2/sites-available/www.conf": SLASH},
        links={"/etc/apache2/sites-enabled/www.conf": "../sites-available/www.conf"},
    )
    assert [one.path for one in report.findings] == ["/etc/apache2/sites-available/www.conf"]


def test_a_rule_that_fails_is_named_and_costs_only_its_own_findings(judged, monkeypatch):
    def fails(_configuration, _facts):
        raise KeyError("oops")

    real = rules()
    broken = {**real, "duplicate-listen": engine.replace(real["duplicate-listen"], check=fails)}
    monkeypatch.setattr(engine, "rules", lambda: MappingProxyType(broken))
    report = judged(SLASH)
    assert report.failed == (("duplicate-listen", "KeyError: 'oops'"),)
    assert [one.rule for one in report.findings] == ["proxypass-slashes"]


@pytest.mark.parametrize(
    ("fail_on", "refused"),
    [
        (LintFailure.ERROR, {Severity.ERROR}),
        (LintFailure.WARNING, {Severity.ERROR, Severity.WARNING}),
        (LintFailure.NEVER, set()),
    ],
)
def test_the_setting_says_what_refuses(fail_on, refused):
    assert {severity for severity in Severity if refuses(severity, fail_on)} == refused
