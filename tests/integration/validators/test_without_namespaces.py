"""Where no private mounts are to be had: what means something alone is judged as a copy, the rest is said."""

from __future__ import annotations

import os

import pytest
from safedeploy_host import namespaces

from tests.integration.validators.host import needs


@pytest.fixture(autouse=True)
def no_namespaces(monkeypatch):
    def refuse():
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(namespaces, "enter_private_mounts", refuse)


def test_a_file_that_means_something_alone_is_judged_as_a_copy_and_that_is_said(host, tmp_path):
    host.validator("app", "grep", "-q", "good", "{file}", paths=[str(tmp_path / "*.ini")])
    path = tmp_path / "app.ini"
    host.file(path, "good")
    (finding,) = host.findings()
    assert (finding["severity"], finding["kind"]) == ("warning", "validated-alone")
    assert f"grep -q good {path} judged a copy" in finding["text"]
    host.file(path, "bad")
    assert host.errors() == [
        f"grep -q good {path} refuses {path}: `grep -q good {path}` ended with exit code 1 and said nothing"
    ]


@needs("visudo")
@pytest.mark.skipif(os.geteuid() != 0, reason="visudo serves root alone")
def test_a_sudoers_file_is_refused_at_its_own_path(host):
    host.file("/etc/sudoers.d/safedeploy-test", "ops ALL = (ALL\n", "0440")
    (error,) = host.findings("validator-failed")
    assert error["place"] == "/etc/sudoers.d/safedeploy-test:1"


def test_a_file_that_means_nothing_alone_is_said_and_refused_where_it_names_its_validator(host):
    host.file("/etc/nginx/conf.d/safedeploy-test.conf", "server {}\n")
    (finding,) = host.findings()
    assert (finding["severity"], finding["kind"]) == ("warning", "validator-no-context")
    assert "Operation not permitted" in finding["text"]
    host.file("/etc/nginx/conf.d/safedeploy-test.conf", "server {}\n", validate="nginx")
    assert host.findings()[0]["severity"] == "error"
