from __future__ import annotations

import pytest

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.lab import names


@pytest.mark.parametrize("name", ["a", "default", "gw0-12", "x" * 24])
def test_a_plain_name_is_taken(name):
    assert names.checked_name(name) == name


@pytest.mark.parametrize("name", ["", "Upper", "a/b", "..", "-a", "a-", "x" * 25, "a b", "ä"])
def test_a_name_that_would_break_a_path_is_refused(name):
    with pytest.raises(SafedeployError) as caught:
        names.checked_name(name)
    assert (caught.value.code, caught.value.exit_code) == ("lab-bad-name", ExitCode.USAGE)


@pytest.mark.parametrize("count", [0, -1, 201])
def test_a_lab_without_hosts_or_with_too_many_is_refused(count):
    with pytest.raises(SafedeployError, match="1 to 200"):
        names.checked_count(count)


def test_no_interface_name_is_longer_than_the_kernel_takes():
    assert max(len(names.bridge_name(511)), len(names.port_name(511, names.MAX_HOSTS))) <= 15
