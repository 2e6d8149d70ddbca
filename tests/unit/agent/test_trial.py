"""What a finding does to a push: an error refuses, and a person may let it pass by its id."""

from __future__ import annotations

import pytest
from safedeploy_host.protocol import AgentError, Request
from safedeploy_host.trial import Trial

WRONG = {"severity": "error", "kind": "port-taken", "text": "Port 80 is taken.", "place": "/a:1", "next": "Free it."}
SITE = {"state_dir": "/var/lib/x", "server_root": "/etc/x", "allowed_roots": ["/etc/x"], "httpd": {}}
ODD = {**WRONG, "severity": "warning", "kind": "odd"}


def trial(*findings, accept=()):
    request = Request({"site": SITE, "accept": list(accept)})
    one = Trial(request, {"release": "a"}, {}, None)
    one.found = {"findings": list(findings)}
    return one


def refusal(one):
    with pytest.raises(AgentError) as caught:
        one._refuse_findings()
    return caught.value


def test_an_error_refuses_and_says_how_to_let_it_pass():
    error = refusal(trial(ODD, WRONG))
    assert (error.code, error.message) == ("finding", "Port 80 is taken.")
    assert error.next.startswith("Free it. If it is meant, --accept ")


def test_a_warning_refuses_nothing():
    trial(ODD)._refuse_findings()


@pytest.mark.parametrize("everything", [False, True])
def test_an_accepted_error_is_a_warning_on_record(everything):
    number = refusal(trial(WRONG)).next.rpartition(" ")[2].rstrip(".")
    one = trial(WRONG, ODD, accept=["all" if everything else number])
    one._refuse_findings()
    one._skip("a test")
    assert [finding["severity"] for finding in one.found["findings"]] == ["warning", "warning"]
    assert one.found["accepted"] == [number]


def test_the_id_of_another_finding_lets_nothing_pass():
    assert refusal(trial(WRONG, accept=["00000000"])).code == "finding"
