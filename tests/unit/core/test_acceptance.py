"""What --accept takes, and what of it was of no use."""

from __future__ import annotations

import pytest

from safedeploy.core.acceptance import Acceptance, accepted_ids
from safedeploy.core.errors import ExitCode, SafedeployError


def test_ids_are_taken_once_in_any_case_and_with_commas():
    assert accepted_ids(["3F2A9C01", "3f2a9c01,00000002", "all"]) == ("3f2a9c01", "00000002", "all")


@pytest.mark.parametrize("given", ["", "3f2a9c0", "3f2a9c011", "http://x/", "none"])
def test_what_is_no_id_is_a_usage_error(given):
    with pytest.raises(SafedeployError) as caught:
        accepted_ids([given])
    assert (caught.value.code, caught.value.exit_code) == ("accept-invalid", ExitCode.USAGE)


def test_ids_that_no_host_met_are_stale_and_all_never_is():
    acceptance = Acceptance(ids=("00000001", "00000002", "all"), by="ann", reason="known")
    assert acceptance.stale(["00000001"]) == ("00000002",)
    assert acceptance.to_json() == {"ids": ["00000001", "00000002", "all"], "by": "ann", "reason": "known"}
