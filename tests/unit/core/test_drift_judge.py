"""What of a host's answer is drift, and of which kind."""

from __future__ import annotations

import dataclasses

import pytest

from safedeploy.core.diff import Diff
from safedeploy.core.drift import Drift, DriftKind, HostDrift, Severity, Terms, fold, unreachable
from safedeploy.core.drift_judge import judge
from safedeploy.core.drift_seen import (
    Certificate,
    CertificateEnd,
    Changed,
    DriftSeen,
    ExtraFile,
    Loaded,
    Refused,
)
from safedeploy.core.errors import ExitCode
from safedeploy.core.observed import Httpd, Observed, Pending
from safedeploy.core.tree import ABSENT, Entry, Kind

NOW = 1_800_000_000.0
A, B, LINK = "/etc/apache2/a.conf", "/etc/apache2/b.conf", "/etc/apache2/on/a.conf"
FILE = Entry(kind=Kind.FILE, sha256="1" * 64, size=1, mode="0644", owner="root", group="root")
OTHER = dataclasses.replace(FILE, sha256="2" * 64)
TO_A = Entry(kind=Kind.LINK, target="../a.conf")
RELEASED = {A: FILE, LINK: TO_A}
UP = Httpd(installed=True, running=True, loaded=True)
TERMS = Terms(environment="prod", at=NOW, certificate_days=14, ignore=("/etc/apache2/on/php*",))


def host(live=None, *, adopted=None, httpd=UP, **more):
    tree = {**RELEASED, **(live or {})}
    observed = {
        "host": "web1",
        "current": "r1",
        "known_good": "r1",
        "since": "2027-01-01T00:00:00Z",
        "current_tree": RELEASED,
        "adopted": {A: ABSENT, LINK: ABSENT, **(adopted or {})},
        "live": tree,
        "httpd": httpd,
    }
    known = set(Observed.__dataclass_fields__)
    own = {key: value for key, value in more.items() if key in known}
    return DriftSeen(
        observed=Observed(**{**observed, **own}), **{key: value for key, value in more.items() if key not in known}
    )


def judged(seen, desired=None):
    return judge(seen, TERMS, lambda path, _before, _after: Diff(path=path, text="diff"), desired)


def kinds(seen):
    return [(item.kind.value, item.path, item.severity.value) for item in judged(seen).items]


def test_a_host_that_is_as_it_was_left_has_no_drift():
    assert judged(host()).items == ()


@pytest.mark.parametrize(
    ("live", "kind", "severity"),
    [
        (OTHER, "edited", "error"),
        (Entry(kind=Kind.OTHER, type="dir"), "edited", "error"),
        (ABSENT, "missing", "error"),
        (dataclasses.replace(FILE, mode="0600"), "mode", "warning"),
        (dataclasses.replace(FILE, owner="alice"), "mode", "warning"),
        (Entry(kind=Kind.OTHER, type="unreadable"), "mode", "warning"),
        (Entry(kind=Kind.LINK, target="/tmp/x"), "wrong-link", "error"),
        (Entry(kind=Kind.OTHER, type="through-link"), "wrong-link", "error"),
    ],
)
def test_a_file_that_is_not_as_released_is_named_for_what_it_is_now(live, kind, severity):
    assert kinds(host({A: live})) == [(kind, A, severity)]


@pytest.mark.parametrize(
    ("live", "kind"), [(Entry(kind=Kind.LINK, target="b"), "wrong-link"), (FILE, "wrong-link"), (ABSENT, "missing")]
)
def test_a_link_that_is_not_as_released_is_named_for_what_it_is_now(live, kind):
    assert kinds(host({LINK: live})) == [(kind, LINK, "error")]


def test_what_the_release_wants_absent_is_extra_and_a_push_removes_it():
    (item,) = judged(host({B: FILE}, adopted={B: ABSENT})).items
    assert (item.kind, item.fixable) == (DriftKind.EXTRA, True)


def test_what_safedeploy_had_displaced_and_put_back_is_as_it_should_be():
    assert kinds(host({B: FILE}, adopted={B: FILE})) == []


def test_a_file_that_nobody_knows_is_extra_and_no_push_removes_it():
    one = ExtraFile(path=B, how="loaded", because="/etc/apache2/*.conf", entry=FILE)
    (item,) = judged(host(extra=(one,))).items
    assert (item.kind, item.severity, item.fixable) == (DriftKind.EXTRA, Severity.ERROR, False)
    assert f"rm -i -- {B}" in item.remedy


def test_a_copy_that_is_not_read_is_a_warning_and_what_the_settings_leave_out_is_nothing():
    beside = ExtraFile(path=f"{A}.bak", how="beside", because="*.conf", entry=FILE)
    left_out = ExtraFile(path="/etc/apache2/on/php8.2.conf", how="loaded", because="*.conf", entry=FILE)
    assert kinds(host(extra=(beside, left_out))) == [("extra", f"{A}.bak", "warning")]


NEWER = Httpd(installed=True, running=True, loaded=False)


def loaded(**more):
    return Loaded(**{"newer": (A,), "at": NOW, "release": "r1", "release_at": NOW, "same_process": True, **more})


def test_a_file_that_was_touched_is_harmless_when_httpd_runs_the_release():
    assert kinds(host(httpd=NEWER, loaded=loaded())) == []


def test_a_file_that_was_touched_is_a_warning_when_httpd_was_reloaded_in_between():
    assert kinds(host(httpd=NEWER, loaded=loaded(at=NOW + 60))) == [("not-reloaded", None, "warning")]


@pytest.mark.parametrize("newer", [A, LINK, "/etc/apache2/apache2.conf"])
def test_a_file_that_changed_and_was_not_loaded_is_said_also_where_a_link_leads_to_it(newer):
    seen = host({A: OTHER}, httpd=NEWER, loaded=loaded(newer=(newer,)))
    assert ("not-reloaded", None, "error") in kinds(seen)


def test_an_httpd_that_is_down_is_said():
    assert kinds(host(httpd=Httpd(installed=True))) == [("not-reloaded", None, "error")]


PENDING = Pending(activation="x", release="r2", run="run", by="alice", since="then", deadline=NOW + 60, guarded=True)


def test_a_push_at_work_is_no_drift_but_a_note():
    lease = {"run": "run", "holder": "alice", "expired": False}
    found = judged(host({A: OTHER}, pending=PENDING, lease=lease, clock=NOW))
    assert found.items == ()
    assert "run run of alice is at work here" in found.notes[0]


@pytest.mark.parametrize(
    ("change", "severity"),
    [({"held": True}, "warning"), ({"guarded": False}, "error"), ({"deadline": NOW - 1}, "error"), ({}, "warning")],
)
def test_what_nobody_decides_on_is_pending(change, severity):
    seen = host(pending=dataclasses.replace(PENDING, **change), clock=NOW)
    assert kinds(seen) == [("pending", None, severity)]


def test_a_change_that_was_interrupted_is_pending():
    assert kinds(host(journal=True)) == [("pending", None, "error")]


def test_a_stranded_host_is_named_with_its_steps_and_nothing_there_is_put_right_by_a_push():
    stranded = {"since": "then", "cause": "it died", "steps": ["do this"]}
    first, second = judged(host({A: OTHER}, stranded=stranded)).items
    assert (first.kind, first.remedy) == (DriftKind.STRANDED, "1. do this")
    assert (second.kind, second.fixable) == (DriftKind.EDITED, False)


def test_a_configuration_that_httpd_refuses_is_invalid_at_the_place_that_it_names():
    said = f"AH00526: Syntax error on line 3 of {A}:\nInvalid command 'X'"
    (item,) = judged(host(configtest=said)).items
    assert (item.kind, item.path) == (DriftKind.INVALID, A)
    assert "Invalid command 'X'" in item.text


def test_a_validator_that_refuses_a_live_file_is_invalid():
    assert kinds(host(refused=(Refused(validator="sudo", place=f"{B}:3", output="no"),))) == [("invalid", B, "error")]


@pytest.mark.parametrize(("days", "severity"), [(15, None), (13, "warning"), (-1, "error")])
def test_a_certificate_that_ends_soon_is_a_warning_and_one_that_has_ended_an_error(days, severity):
    end = CertificateEnd(path=B, not_after=NOW + days * 86400, names=("www",))
    found = kinds(host(certificates=(Certificate(path=B, place="", error=None, end=end),)))
    assert found == ([] if severity is None else [("certificate", B, severity)])


def test_what_the_project_wants_otherwise_is_undeployed_and_no_drift():
    found = judged(host(), {A: OTHER, LINK: TO_A})
    assert (found.items, [one.path for one in found.undeployed]) == ((), [A])


def test_an_edit_is_not_undeployed_and_one_that_the_project_has_too_says_so():
    found = judged(host({A: OTHER}), {A: OTHER, LINK: TO_A})
    assert "the project has it like this too" in found.items[0].text
    assert judged(host({A: OTHER}), RELEASED).undeployed == ()


def test_a_host_that_was_never_deployed_to_has_no_edits():
    seen = host({A: OTHER}, current=None, known_good=None, current_tree={}, adopted={})
    found = judged(seen, RELEASED)
    assert (found.items, found.undeployed) == ((), ())
    assert "never deployed to" in found.notes[0]


def test_the_fingerprint_tells_another_edit_of_the_same_file_and_not_the_time():
    def of(entry, changed):
        (item,) = judged(host({A: entry}, changed={A: Changed(modified=changed, changed=changed, of=A)})).items
        return item.fingerprint

    assert of(OTHER, NOW) == of(OTHER, NOW + 5)
    assert of(OTHER, NOW) != of(dataclasses.replace(OTHER, sha256="3" * 64), NOW)


@pytest.mark.parametrize(("modified", "told"), [(NOW, "2027-01-15T08:00:00Z"), (1.0, "2027-01-15T08:00:09Z")])
def test_a_time_of_the_content_from_before_the_release_is_not_believed(modified, told):
    seen = host({A: OTHER}, changed={A: Changed(modified=modified, changed=NOW + 9, of=A)})
    assert judged(seen).items[0].changed == told


def test_equal_drift_of_two_hosts_is_one_block():
    items = judged(host({A: OTHER})).items
    items += tuple(dataclasses.replace(item, host="web2") for item in items)
    assert [hosts for hosts, _ in fold(items)] == [("web1", "web2")]


@pytest.mark.parametrize(
    ("drifted", "missing", "code"),
    [
        (False, {}, ExitCode.OK),
        (True, {}, ExitCode.DIFFERENCES),
        (False, {"web2": "down"}, ExitCode.UNREACHABLE),
        (True, {"web2": "down"}, ExitCode.DIFFERENCES),
    ],
)
def test_a_host_that_is_down_hides_no_drift_of_the_others(drifted, missing, code):
    items = (unreachable("web1", "edited, say"),) if drifted else ()
    hosts = {"web1": HostDrift(host="web1", items=items)}
    assert Drift(environment="e", run="r", at=0, seconds=0, hosts=hosts, missing=missing).exit_code is code
