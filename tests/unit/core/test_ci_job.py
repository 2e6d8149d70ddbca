"""What is believed of a CI system's variables."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from safedeploy.core import ci_job
from safedeploy.core.ci_job import Platform

GITHUB = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_ACTOR": "anna",
    "GITHUB_TRIGGERING_ACTOR": "bert",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "example/web",
    "GITHUB_RUN_ID": "77",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_SHA": "a" * 40,
    "GITHUB_REF_NAME": "12/merge",
    "GITHUB_HEAD_REF": "csp",
    "GITHUB_WORKSPACE": "/runner/web",
}
GITLAB = {
    "CI": "true",
    "GITLAB_CI": "true",
    "GITLAB_USER_LOGIN": "anna",
    "CI_JOB_URL": "https://gitlab.example.com/web/conf/-/jobs/9",
    "CI_COMMIT_SHA": "b" * 40,
    "CI_COMMIT_REF_NAME": "main",
    "CI_PROJECT_DIR": "/builds/web/conf",
}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (GITHUB, Platform.GITHUB),
        (GITLAB, Platform.GITLAB),
        ({"CI": "true"}, Platform.OTHER),
        ({"JENKINS_URL": "https://ci.example.com/"}, Platform.OTHER),
        ({"CI": "false"}, Platform.NONE),
        ({}, Platform.NONE),
    ],
)
def test_the_platform_is_told_by_what_it_sets(environ, expected):
    assert ci_job.platform(environ) is expected


def test_who_runs_a_job_again_answers_for_it():
    assert ci_job.person(GITHUB) == "bert"
    assert ci_job.person(GITLAB) == "anna"
    assert ci_job.person({}) is None


def test_the_page_of_a_job_is_known():
    assert ci_job.job_url(GITHUB) == "https://github.com/example/web/actions/runs/77/attempts/2"
    assert ci_job.job_url(GITLAB) == "https://gitlab.example.com/web/conf/-/jobs/9"
    assert ci_job.job_url({}) is None


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://ci:password@example.com/job/1",
        "https://ci.example.com/a b",
        "https://ci.example.com/)[click](https://evil.example",
        "https://ci.example.com/\n::error::",
        "https://ci.example.com/" + "x" * 600,
    ],
)
def test_an_address_that_is_not_plain_is_not_believed(address):
    assert ci_job.job_url({"BUILD_URL": address}) is None


def test_the_commit_of_the_job_is_that_of_projects_in_its_checkout_alone():
    assert ci_job.commit(GITHUB, PurePath("/runner/web/sites")) == "a" * 40
    assert ci_job.commit(GITLAB, PurePath("/builds/web/conf")) == "b" * 40
    assert ci_job.commit(GITHUB, PurePath("/srv/other")) is None
    assert ci_job.commit({**GITHUB, "GITHUB_SHA": "main"}, PurePath("/runner/web")) is None


def test_a_change_request_is_named_by_its_own_branch():
    assert ci_job.branch(GITHUB) == "csp"
    assert ci_job.branch(GITLAB) == "main"
    assert ci_job.branch({"BRANCH_NAME": "a; b"}) is None
