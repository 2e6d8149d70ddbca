"""Who decides where nothing is pending is told what became of it, on a stranded host too."""

from __future__ import annotations

import pytest

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.observed import Observed
from safedeploy.workflows.decide import Undecided, require_pending
from safedeploy.workflows.observe import Seen


def test_a_stranded_host_is_named_when_nothing_is_pending_there() -> None:
    host = Observed(host="web1", current="old", stranded={"cause": "httpd does not start", "steps": ["true"]})
    with pytest.raises(SafedeployError) as caught:
        require_pending(Undecided(probed={}, seen=Seen(hosts={"web1": host}, missing={})), "lab")
    assert (caught.value.code, caught.value.exit_code) == ("nothing-pending", ExitCode.REFUSED)
    assert "web1: on old; STRANDED, with steps in `status`: httpd does not start" in caught.value.what
