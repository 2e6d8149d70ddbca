"""What a comment `# safedeploy: ignore RULE reason` covers, and when it is a finding itself."""

from __future__ import annotations

import pytest

from safedeploy.core.policy import Lint

OLD = "MaxClients 5\n"
WHY = "# safedeploy: ignore outdated-directive as agreed\n"


def test_a_comment_covers_the_directive_behind_it(found):
    assert found(f"{WHY}{OLD}") == []
    assert found(f"{WHY}\n# more\n{OLD}") == []


def test_a_comment_covers_one_directive_alone(found):
    assert found(f"{WHY}{OLD}{OLD}") == ["outdated-directive:3 info"]


def test_a_comment_before_a_section_covers_all_of_it(found):
    section = "<IfModule mpm_event_module>\n  MaxClients 5\n  MaxRequestsPerChild 5\n</IfModule>\n"
    assert found(f"{WHY}{section}{OLD}") == ["outdated-directive:6 info"]


def test_a_comment_for_the_whole_file_covers_what_is_above_it_too(found):
    assert found(f"{OLD}# safedeploy: ignore-file outdated-directive as agreed\n{OLD}") == []


def test_a_comment_names_several_rules(found):
    text = "# safedeploy: ignore outdated-directive, unknown-directive as agreed\n"
    assert found(f"{text}{OLD}") == []


def test_a_comment_for_another_rule_covers_nothing_and_is_told(found):
    text = "# safedeploy: ignore open-proxy as agreed\n"
    assert found(f"{text}{OLD}") == ["unused-ignore:1 warning", "outdated-directive:2 info"]


def test_a_comment_without_a_reason_ignores_nothing(found):
    assert found(f"# safedeploy: ignore outdated-directive\n{OLD}") == [
        "ignore-without-reason:1 warning",
        "outdated-directive:2 info",
    ]


def test_a_comment_about_a_rule_that_is_off_is_not_told(found):
    assert found(f"{WHY}Listen 80\n", Lint(rules={"outdated-directive": "off"})) == []


@pytest.mark.parametrize("text", ["# safedeploy: ignore no-such-rule because\n", "# safedeploy: ignore\n"])
def test_a_comment_that_names_no_rule_is_told(found, text):
    assert found(f"{text}Listen 80\n") == ["unused-ignore:1 warning"]


def test_what_looks_like_a_comment_inside_a_continued_line_is_none(found):
    assert found("DirectoryIndex index.html \\\n# safedeploy: ignore outdated-directive as agreed\n") == []


def test_ignored_findings_are_counted(judged):
    assert len(judged(f"{WHY}{OLD}").ignored) == 1
