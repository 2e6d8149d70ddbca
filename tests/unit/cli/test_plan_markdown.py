"""The comment on a change request."""

from __future__ import annotations

import dataclasses

import pytest

from safedeploy.cli.plan_markdown import LONGEST, failure_page, marker, origin_line, plan_page
from safedeploy.core.diff import Diff
from safedeploy.core.errors import SafedeployError
from safedeploy.core.examined import Examined
from safedeploy.core.markdown import size
from safedeploy.core.plan import Action, ActionKind, HostPlan, Verdict
from safedeploy.core.tree import ABSENT
from safedeploy.core.trial import Difference, Trial
from safedeploy.workflows.planning import FleetPlan

WWW = "/etc/apache2/sites-available/www.conf"


def action(path=WWW, kind=ActionKind.CHANGE, **more):
    return Action(path=path, kind=kind, before=ABSENT, after=ABSENT, reason="content differs", **more)


def host(name, *actions, verdict=Verdict.CHANGE, **more):
    return HostPlan(
        host=name, verdict=verdict, reason="1 of 2 paths differ", actions=actions or (action(),), tree="t",
        expect_live="l", **more,
    )  # fmt: skip


def plan(*hosts, **more):
    diff = Diff(path=WWW, text=f"--- {WWW}\n+++ {WWW}\n@@ -1 +1 @@\n-old\n+new\n", added=1, removed=1)
    values = {
        "environment": "prod",
        "release": "f470b0559741",
        "hosts": {one.host: one for one in hosts},
        "diffs": ((tuple(one.host for one in hosts), diff),),
    }
    return FleetPlan(**{**values, **more})


def page(found, origin="run `r1`"):
    return plan_page(found, origin)


def test_it_begins_with_the_line_by_which_a_job_finds_it_again():
    assert page(plan(host("web1"))).splitlines()[:2] == [
        "<!-- safedeploy-plan prod -->",
        "### safedeploy plan for `prod`: 1 to change",
    ]
    assert marker("eu--> prod") == "<!-- safedeploy-plan eu-prod -->"


def test_hosts_with_the_same_plan_are_shown_once_and_folded():
    text = page(plan(host("web1"), host("web2")))
    assert (
        "<details><summary><b><code>web1, web2</code></b>: change: <code>1 of 2 paths differ</code></summary>" in text
    )
    assert text.count(f"- `~ {WWW}`: `content differs`") == 1
    assert f"<code>{WWW}</code> on all hosts: 1 lines added, 1 removed" in text
    assert "```diff\n" in text


def test_what_a_reviewer_must_see_is_not_folded():
    found = plan(
        host("web1", action(edited=True), restart=("another MPM",), notes=("stranded since noon",)),
        missing={"web2": "refuses connections"},
        examined={"web1": Examined(refusal="AH00526: Syntax error on line 3")},
    )
    shown = page(found).split("<details>")[0]
    for words in (
        "1 host could not be read: this plan is not complete",
        "`refuses connections`",
        "**A restart is needed**",
        "`another MPM`",
        "**httpd refuses this configuration** on `web1`",
        "AH00526",
        f"`{WWW}` was edited on the host, and would be overwritten",
        "`stranded since noon`",
    ):
        assert words in shown
    assert "pushes exactly this" not in page(found)


def test_hosts_on_which_it_means_the_same_but_for_their_names_are_shown_once():
    def means(name):
        return Examined(trial=Trial(differences=(Difference(kind="name-moved", text=f"{name}.example.com moves"),)))

    found = plan(host("web1"), host("web2"), examined={name: means(name) for name in ("web1", "web2")})
    assert page(found).count("example.com moves") == 1
    assert "<b><code>web1, web2</code></b>: what this means to httpd (as <code>web1</code> says it)" in page(found)


def test_where_nothing_is_to_be_done_it_says_so():
    found = plan(host("web1", action(kind=ActionKind.NONE), verdict=Verdict.NOTHING), diffs=())
    assert "### safedeploy plan for `prod`: 1 with nothing to do" in page(found)
    assert "pushes exactly this" not in page(found)


def test_a_plan_of_any_size_fits_into_a_comment_and_says_what_is_missing():
    hosts = [
        host(f"web{number}", *[action(f"/etc/apache2/{number}/{one}") for one in range(300)]) for number in range(9)
    ]
    big = Diff(path=WWW, text="+line of text\n" * 100_000, added=100_000)
    diffs = tuple((("web1",), dataclasses.replace(big, path=f"{WWW}{number}")) for number in range(30))
    text = page(plan(*hosts, diffs=diffs))
    assert size(text) <= LONGEST
    assert "**Left out here, since a comment may not be longer: " in text
    assert "more lines are left out here" in page(plan(hosts[0], diffs=diffs[:1]))


def test_a_failure_is_a_comment_too():
    error = SafedeployError("template-syntax", "vhost.conf.j2:3: unexpected '}'", next_step="Correct that line.")
    text = failure_page("prod", error, "run `r1`")
    assert text.startswith("<!-- safedeploy-plan prod -->\n### safedeploy plan for `prod`: failed\n")
    assert "error[template-syntax]: vhost.conf.j2:3: unexpected '}'" in text


@pytest.mark.parametrize("size_of", [10, 500_000])
def test_a_failure_of_any_size_fits(size_of):
    error = SafedeployError("bug", "a line of text\n" * size_of, next_step="x")
    text = failure_page("prod", error, "")
    assert size(text) <= LONGEST
    assert "- next: `x`" in text


def test_it_says_where_it_comes_from():
    assert origin_line("a" * 40, "r1", "https://ci.example.com/9") == (
        "commit `aaaaaaaaaaaa`, run `r1` of [this job](https://ci.example.com/9)"
    )
    assert origin_line(None, "r1", None) == "run `r1`"
