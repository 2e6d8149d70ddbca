"""What is told of the end of a push, a rollback or a decision: made of the documents of --json."""

from __future__ import annotations

import pytest

from safedeploy.core.alerts import MOST_TEXT, About, started, trial, variables
from safedeploy.core.alerts import VARIABLES as KNOWN
from safedeploy.core.channels import EVENTS, Channel, Kind, Severity
from safedeploy.core.push_alerts import Begun, Ended, alert

ABOUT = About(project="web", environment="prod", run="R1", actor="anna@laptop", command="push", reason="new header")
BEGUN = Begun(verb="push", release="abc123", hosts=("web1", "web2"))


def document(exit_code=0, *, interrupted=False, trouble=None, **ends):
    hosts = {
        host: {"end": end, "why": f"why of {end}", "release": "abc123", "drained": False} for host, end in ends.items()
    }
    return {
        "format": "safedeploy-push",
        "exit_code": exit_code,
        "interrupted": interrupted,
        "trouble": trouble,
        "release": "abc123",
        "hosts": hosts,
    }


def ended(exit_code=0, error=None, **rest):
    return Ended(exit_code=exit_code, error=error, document=document(exit_code, **rest))


@pytest.mark.parametrize(
    ("end", "kind", "severity"),
    [
        (ended(0, web1="confirmed", web2="confirmed"), Kind.PUSH_SUCCEEDED, Severity.INFO),
        (ended(10, web1="confirmed", web2="confirmed"), Kind.PUSH_SUCCEEDED, Severity.WARNING),
        (ended(0, web1="held", web2="untouched"), Kind.PUSH_HELD, Severity.WARNING),
        (ended(6, web1="reverted", web2="untouched"), Kind.REVERTED, Severity.ERROR),
        (ended(6, web1="untouched", web2="untouched"), Kind.PUSH_FAILED, Severity.ERROR),
        (ended(7, web1="reverted", web2="stranded"), Kind.STRANDED, Severity.CRITICAL),
        (ended(7, web1="pending", web2="untouched"), Kind.STRANDED, Severity.CRITICAL),
        (ended(130, web1="untouched", web2="confirmed", interrupted=True), Kind.PUSH_INTERRUPTED, Severity.WARNING),
        (ended(130, web1="reverted", web2="untouched", interrupted=True), Kind.REVERTED, Severity.ERROR),
        (Ended(exit_code=1, error={"what": "KeyError"}, document=None), Kind.PUSH_FAILED, Severity.CRITICAL),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
def test_the_worst_host_decides_what_is_told_of_a_rollout(end, kind, severity):
    told = alert(ABOUT, BEGUN, end)
    assert (told.kind, told.severity) == (kind, severity)


def test_a_reverted_push_names_the_hosts_why_and_by_whom():
    told = alert(ABOUT, BEGUN, ended(6, web1="reverted", web2="untouched", web3="untouched"))
    assert told.title == "web/prod: push reverted: 1 reverted (web1), 2 untouched"
    assert told.text == (
        "reverted: web1: why of reverted\nuntouched: web2, web3: why of untouched\nrelease abc123\n"
        "by anna@laptop, run R1: new header"
    )
    assert told.next.startswith("nothing is at risk now")


def test_a_host_that_stayed_out_of_service_is_told_as_such():
    end = ended(7, web1="confirmed")
    end.document["hosts"]["web1"]["drained"] = True
    told = alert(ABOUT, BEGUN, end)
    assert told.kind is Kind.STRANDED
    assert "confirmed, still out of its load balancer: web1" in told.text


REFUSED = {
    "code": "preflight-refused",
    "what": "web1 refused the candidate",
    "state": "",
    "next": "safedeploy check prod",
}


def test_a_refusal_by_the_hosts_is_told_and_one_of_the_command_line_is_not():
    told = alert(ABOUT, None, ended(4, REFUSED, web1="untouched"))
    assert (told.kind, told.severity) == (Kind.PUSH_REFUSED, Severity.WARNING)
    assert "web1 refused the candidate" in told.text
    assert alert(ABOUT, None, Ended(exit_code=4, error=REFUSED, document=None)) is None


@pytest.mark.parametrize("exit_code", [0, 5, 130])
def test_nothing_to_do_a_lease_and_an_interruption_before_any_change_are_not_told(exit_code):
    error = {"what": "held", "next": "wait"} if exit_code else None
    assert alert(ABOUT, None, ended(exit_code, error, web1="untouched")) is None


@pytest.mark.parametrize(
    ("decision", "ends", "kind", "severity"),
    [
        ("confirm", ["confirmed"], Kind.PUSH_SUCCEEDED, Severity.INFO),
        ("confirm", ["reverted"], Kind.REVERTED, Severity.ERROR),
        ("abort", ["reverted"], Kind.REVERTED, Severity.WARNING),
        ("abort", ["reverted", "stranded"], Kind.STRANDED, Severity.CRITICAL),
    ],
)
def test_a_decision_on_a_held_change_is_told(decision, ends, kind, severity):
    hosts = {f"web{number}": {"end": end, "why": "", "release": "abc123"} for number, end in enumerate(ends, 1)}
    found = {"format": "safedeploy-decision", "decision": decision, "hosts": hosts}
    told = alert(ABOUT, None, Ended(exit_code=0, error=None, document=found))
    assert (told.kind, told.severity, told.release) == (kind, severity, "abc123")


def test_a_decision_that_is_still_open_is_not_told():
    found = {"format": "safedeploy-decision", "decision": "confirm", "hosts": {"web1": {"end": "pending"}}}
    assert alert(ABOUT, None, Ended(exit_code=4, error=REFUSED, document=found)) is None


def test_what_a_host_says_calls_nobody_moves_no_cursor_and_has_an_end():
    end = ended(6, **{f"web{number}": "reverted" for number in range(200)})
    for number, host in enumerate(end.document["hosts"].values()):
        host["why"] = f"\x1b[2J@everyone @here {number} " + "x" * 5000
    told = alert(ABOUT, BEGUN, end)
    assert len(told.text) <= MOST_TEXT + 60
    assert len(told.title) <= 260
    for text in (told.text, told.title, *(host["why"] for host in told.hosts)):
        assert "@everyone" not in text
        assert "@here" not in text
        assert "\x1b" not in text


def test_a_start_names_the_hosts():
    told = started(ABOUT, "rollback", "abc123", ["web1", "web2"])
    assert told.title == "web/prod: rollback to 2 hosts has begun"
    assert told.kind is Kind.PUSH_STARTED


def test_templates_are_given_every_documented_variable():
    assert set(variables(trial(ABOUT))) == KNOWN


def test_a_channel_wants_the_events_and_severities_that_it_asks_for():
    channel = Channel(name="pager", events=(Kind.STRANDED, Kind.REVERTED), severity=Severity.CRITICAL)
    assert channel.wants(Kind.STRANDED, Severity.CRITICAL)
    assert not channel.wants(Kind.REVERTED, Severity.ERROR)
    assert not channel.wants(Kind.PUSH_FAILED, Severity.CRITICAL)
    assert channel.wants(Kind.TEST, Severity.INFO)
    assert all(Channel(name="all").wants(kind, Severity.INFO) for kind in EVENTS)
