"""The provenance of a release, from a real checkout and in a CI job."""

from __future__ import annotations

import subprocess

import pytest

from safedeploy.adapters import git


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    for name in ("GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT", "GITHUB_WORKSPACE", "CI_PROJECT_DIR", "WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    command(tmp_path, "init", "--quiet", "--initial-branch=main")
    (tmp_path / "safedeploy.yml").write_text("version: 1\n")
    command(tmp_path, "add", ".")
    command(tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "first")
    return tmp_path


def command(directory, *arguments):
    done = subprocess.run(["git", "-C", str(directory), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_checkout_tells_commit_branch_and_whether_it_was_changed(checkout):
    head = command(checkout, "rev-parse", "HEAD")
    assert git.provenance(checkout) == {"commit": head, "branch": "main", "dirty": False}
    (checkout / "new").write_text("")
    assert git.provenance(checkout)["dirty"] is True


def test_the_commit_that_a_job_has_checked_out_gets_the_branch_of_the_job(checkout, monkeypatch):
    head = command(checkout, "rev-parse", "HEAD")
    command(checkout, "checkout", "--quiet", "--detach")
    assert git.provenance(checkout)["branch"] == "HEAD"
    monkeypatch.setenv("CI_PROJECT_DIR", str(checkout))
    monkeypatch.setenv("CI_COMMIT_SHA", head)
    monkeypatch.setenv("CI_COMMIT_REF_NAME", "release")
    assert git.provenance(checkout) == {"commit": head, "branch": "release", "dirty": False}
    monkeypatch.setenv("CI_COMMIT_SHA", "c" * 40)
    assert git.provenance(checkout) == {"commit": head, "branch": "HEAD", "dirty": False}


def test_where_git_does_not_read_the_checkout_the_job_tells_the_commit(checkout, monkeypatch):
    assert git.provenance(checkout / ".git")["commit"] is not None
    (checkout / ".git/HEAD").unlink()
    assert git.provenance(checkout) == {"commit": None, "branch": None, "dirty": None}
    monkeypatch.setenv("GITHUB_WORKSPACE", str(checkout))
    monkeypatch.setenv("GITHUB_SHA", "d" * 40)
    monkeypatch.setenv("GITHUB_REF_NAME", "main")
    assert git.provenance(checkout) == {"commit": "d" * 40, "branch": "main", "dirty": None}
