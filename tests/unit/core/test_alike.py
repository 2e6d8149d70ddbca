"""Hosts that found the same read as one; those that found something else stand apart."""

from __future__ import annotations

from dataclasses import replace

from safedeploy.core.alike import alike
from safedeploy.core.blame import Cause
from safedeploy.core.changed_lines import Hunk
from safedeploy.core.preflight import HostCheck, Preflight
from safedeploy.core.trial import Judgement, ProbeVerdict, Shadow, Trial

LIKELY = (Hunk(path="/x", note="mode"),)


def verdict(number, request, **more):
    values = {"judgement": Judgement.REGRESSION, "kind": "error", **more}
    return ProbeVerdict(id=f"{number:08x}", request=request, **values)


def check(host, *verdicts, likely=LIKELY, seconds=1.0, probes=None, **more):
    worse = tuple(one for one in verdicts if one.judgement is Judgement.REGRESSION)
    shadow = Shadow(state="compared", probes=probes or {"asked": 3}, seconds=9.0)
    causes = (Cause(verdicts=worse, likely=likely),) if worse else ()
    trial = Trial(verdicts=verdicts, shadow=shadow)
    return HostCheck(host=host, ok=not worse, text="", trial=trial, causes=causes, seconds=seconds, **more)


def groups(*checks):
    return alike(Preflight(hosts={one.host: one for one in checks}))


def test_what_only_one_of_the_hosts_was_asked_is_merged_in():
    (group,) = groups(
        check("web1", verdict(1, "GET http://x/ from 10.0.0.1"), verdict(2, "GET http://x/a")),
        check("web2", verdict(3, "GET http://x/ from 10.0.0.2"), verdict(4, "GET http://x/b"), seconds=2.0),
    )
    (cause,) = group.check.causes
    assert group.hosts == ("web1", "web2")
    assert [one.request for one in cause.verdicts] == [
        "GET http://x/ from 10.0.0.1",
        "GET http://x/a",
        "GET http://x/b",
    ]
    assert group.ids["00000001"] == ("00000001", "00000003")
    assert group.seconds == (1.0, 2.0)


def test_a_request_with_the_hosts_own_name_is_the_same_on_each():
    (group,) = groups(*(check(f"web{n}", verdict(n, f"GET http://web{n}.example.com/")) for n in (1, 2, 3)))
    assert len(group.check.causes[0].verdicts) == 1
    assert group.ids["00000001"] == ("00000001", "00000002", "00000003")


def test_requests_of_one_host_are_never_merged_with_one_another():
    (group,) = groups(check("web1", verdict(1, "GET http://x/ at 10.0.0.1"), verdict(2, "GET http://x/ at 10.0.0.2")))
    assert len(group.check.causes[0].verdicts) == 2


def test_another_likely_line_or_another_kind_stands_apart():
    first = check("web1", verdict(1, "GET http://x/"))
    other_line = check("web2", verdict(1, "GET http://x/"), likely=(Hunk(path="/y", note="mode"),))
    other_kind = check("web3", verdict(1, "GET http://x/", kind="loop"))
    passed = check("web4")
    assert [group.hosts for group in groups(first, other_line, other_kind, passed)] == [
        ("web1",),
        ("web2",),
        ("web3",),
        ("web4",),
    ]


def test_without_a_likely_line_the_answers_decide():
    one, same, other = (
        check(host, verdict(1, request), likely=())
        for host, request in (("web1", "GET http://x/"), ("web2", "GET http://x/"), ("web3", "GET http://y/"))
    )
    assert [group.hosts for group in groups(one, same, other)] == [("web1", "web2"), ("web3",)]


def test_counts_are_told_from_the_least_to_the_most():
    (group,) = groups(check("web1", probes={"asked": 3, "same": 3}), check("web2", probes={"asked": 5}))
    assert group.counts == {"asked": (3, 5), "same": (0, 3)}


def test_a_refusal_without_a_time_has_that_of_its_shadow():
    (group,) = groups(replace(check("web1"), seconds=None))
    assert group.seconds == (9.0, 9.0)
