"""Where each host is after a person's decision, and what the process exits with."""

from __future__ import annotations

import pytest

from safedeploy.core.decision import Decision, Said, decided, decision_exit_code
from safedeploy.core.errors import ExitCode
from safedeploy.core.observed import Observed, Pending
from safedeploy.core.outcome import End, HostEnd, canary, exit_code, hold

PENDING = Pending(
    activation="new-1", release="new", run="r1", by="ann", since="then", deadline=1_800_000_000.0, held=True
)
CONFIRMED = Observed(host="web1", current="new", known_good="new", last_activation="new-1")
REVERTED = Observed(host="web1", current="old", known_good="old", reverted_cause="it was not confirmed")
STILL = Observed(host="web1", current="new", known_good="old", pending=PENDING)
STRANDED = Observed(host="web1", stranded={"cause": "nothing comes up", "steps": ["look"]})
FINE, ILL = Said(), Said(code="health-failed", cause="www: status 500")


@pytest.mark.parametrize(
    ("said", "after", "end", "words"),
    [
        (FINE, CONFIRMED, End.CONFIRMED, "healthy"),
        (FINE, REVERTED, End.REVERTED, "it was not confirmed"),
        (ILL, STILL, End.PENDING, "www: status 500; reverts by itself at 2027-01-15T08:00:00Z"),
        (FINE, STRANDED, End.STRANDED, "nothing comes up"),
        (Said(code="unreachable", cause="no route"), None, End.PENDING, "no route"),
    ],
)
def test_what_the_host_recorded_decides_where_it_is(said, after, end, words):
    found = decided("web1", PENDING, said, after)
    assert found.end is end
    assert words in found.why


@pytest.mark.parametrize(
    ("decision", "ends", "said", "code"),
    [
        (Decision.CONFIRM, (End.CONFIRMED,), FINE, ExitCode.OK),
        (Decision.CONFIRM, (End.CONFIRMED, End.REVERTED), FINE, ExitCode.REVERTED),
        (Decision.CONFIRM, (End.CONFIRMED, End.PENDING), ILL, ExitCode.REFUSED),
        (Decision.CONFIRM, (End.PENDING,), Said(code="lease-held"), ExitCode.LEASE_HELD),
        (Decision.CONFIRM, (End.PENDING,), Said(code="unreachable"), ExitCode.UNREACHABLE),
        (Decision.ABORT, (End.REVERTED,), FINE, ExitCode.OK),
        (Decision.ABORT, (End.REVERTED, End.STRANDED), FINE, ExitCode.STRANDED),
        (Decision.ABORT, (End.PENDING,), Said(code="unreachable"), ExitCode.UNREACHABLE),
    ],
)
def test_a_decision_that_does_not_hold_everywhere_is_told_by_the_exit_code(decision, ends, said, code):
    found = {f"web{number}": HostEnd(host=f"web{number}", end=end, why="") for number, end in enumerate(ends)}
    assert decision_exit_code(decision, found, dict.fromkeys(found, said), interrupted=False) is code


@pytest.mark.parametrize(
    ("batches", "hosts"), [([1, 1], "a"), ([2], "ab"), (["50%"], "ab"), (["10%"], "a"), ([9], "abcd")]
)
def test_the_canary_is_the_first_batch_as_ansible_counts_it(batches, hosts):
    assert canary("abcd", batches) == tuple(hosts)


def end(host, kind):
    return HostEnd(host=host, end=kind, why="")


def test_a_healthy_canary_is_held_and_the_run_has_done_what_it_was_asked():
    ends = {"web1": end("web1", End.PENDING), "web2": end("web2", End.UNTOUCHED)}
    held = hold(ends, ["web1"], {"web1": STILL}, error_budget=0)
    assert {host: one.end for host, one in held.items()} == {"web1": End.HELD, "web2": End.UNTOUCHED}
    assert "decision" in held["web2"].why
    assert exit_code(held, interrupted=False) is ExitCode.OK


@pytest.mark.parametrize("kind", [End.REVERTED, End.STRANDED, End.UNTOUCHED])
def test_a_canary_of_which_one_host_is_not_well_is_not_held(kind):
    ends = {"web1": end("web1", End.PENDING), "web2": end("web2", kind)}
    assert hold(ends, ["web1", "web2"], {"web1": STILL, "web2": REVERTED}, error_budget=0) is None


@pytest.mark.parametrize(("budget", "held"), [(0, False), (1, True)])
def test_a_batch_is_held_beside_hosts_that_went_wrong_as_far_as_the_budget_allows(budget, held):
    ends = {"web1": end("web1", End.PENDING), "web2": end("web2", End.PENDING), "web3": end("web3", End.UNTOUCHED)}
    found = hold(ends, ["web2"], {"web1": Observed(host="web1", pending=None), "web2": STILL}, error_budget=budget)
    assert (found is not None) is held
    if found is not None:
        assert (found["web1"].end, found["web2"].end) == (End.PENDING, End.HELD), "web1 is still to be taken back"
