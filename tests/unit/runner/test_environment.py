"""The environment that playbooks run in."""

from __future__ import annotations

from pathlib import Path

import pytest

from safedeploy.adapters.runner.environment import environment

BIN = Path("/opt/app/bin")
SOCKETS = Path("/tmp/sd-x")


def of(**environ: str) -> dict[str, str]:
    return environment(environ, bin_directory=BIN, sockets=SOCKETS, temporary=Path("/private/tmp"))


def test_the_environments_own_ansible_comes_first_whatever_path_says():
    assert of(PATH="/usr/bin")["PATH"] == "/opt/app/bin:/usr/bin"


def test_host_keys_are_checked_and_connections_shared_in_our_own_directory():
    values = of()
    assert values["ANSIBLE_HOST_KEY_CHECKING"] == "True"
    assert values["ANSIBLE_SSH_CONTROL_PATH_DIR"] == str(SOCKETS)


def test_what_ansible_decrypts_into_files_lies_in_our_own_directory():
    assert of()["ANSIBLE_LOCAL_TEMP"] == "/private/tmp"


@pytest.mark.parametrize("environ", [{}, {"LANG": "C"}, {"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}])
def test_an_encoding_that_ansible_refuses_is_replaced(environ):
    assert of(**environ)["LC_ALL"] == "C.UTF-8"


@pytest.mark.parametrize("environ", [{"LANG": "de_DE.UTF-8"}, {"LC_ALL": "C.utf8"}])
def test_an_encoding_that_ansible_takes_stays(environ):
    assert "LC_ALL" not in of(**environ)
