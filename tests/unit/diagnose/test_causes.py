"""Each way to break a fleet has its cause named first, and nothing is named when nothing is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from safedeploy.core.diagnose import causes
from safedeploy.core.diagnose.causes import CAUSES
from safedeploy.core.diagnose.diagnosis import diagnose
from safedeploy.core.diagnose.evidence import Evidence, Gone, HostEvidence, Symptom
from safedeploy.core.diagnose.hypothesis import Verdict
from safedeploy.core.diagnose.seen import Backend, Certificate, Touched, Workers
from safedeploy.core.drift import DriftItem, DriftKind
from safedeploy.core.log_window import Often
from tests.unit.diagnose.broken import BAD, BROKEN, FAILING, MUTE, REFUSED, edited
from tests.unit.diagnose.fleets import API, BEGAN, HOSTS, NOW, WELL, change, fleet, host, line, window


def named(evidence):
    found = diagnose(evidence, run="r9")
    return found.named.id if found.named else None


def verdicts(evidence):
    return {one.id: one.verdict for one in diagnose(evidence, run="r9").hypotheses}


@pytest.mark.parametrize("way", BROKEN)
def test_the_right_cause_is_named(way):
    found = diagnose(BROKEN[way], run="r9")
    assert found.named is not None, [(one.id, one.weight) for one in found.hypotheses[:3]]
    cause = found.named.id
    assert way == cause or way.startswith(f"{cause}-")
    assert found.named.speaks_for
    assert found.named.next_step


def test_no_room_is_to_be_made_on_a_disk_that_can_only_be_read():
    full, read_only = (diagnose(BROKEN[way], run="r9").named for way in ("disk", "disk-read-only"))
    assert (full.title, read_only.title) == ("a file system is full", "a file system can only be read")
    assert full.next_step.startswith("Make room")
    assert "remount" in read_only.next_step


def test_every_cause_is_named_in_some_way():
    assert {diagnose(one, run="r9").named.id for one in BROKEN.values()} == {cause.id for cause in CAUSES}


def test_every_file_of_a_cause_is_known():
    files = {path.stem for path in Path(causes.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {cause.judge.__module__.rpartition(".")[2] for cause in CAUSES}


def test_a_backend_that_fails_long_after_its_line_was_changed_is_down_itself():
    evidence = fleet(*[host(BAD, backends=REFUSED)] * 3, changes=(change(at=BEGAN - 1700),))
    assert named(evidence) == "backend"


def test_a_backend_that_was_down_is_named_when_it_is_up_again():
    logs = window(bad=0.3, began=BEGAN)
    healed = tuple(replace(one, server_errors=0) if one.start >= NOW - 200 else one for one in logs.series)
    logs = replace(logs, sites={"www": replace(logs.sites["www"], series=healed)})
    lines = (line("(111)Connection refused: AH00957: http: attempt to connect to 127.0.0.1:9000", "AH00957"),)
    assert named(fleet(*[host(logs)] * 3, lines=lines)) == "backend"


def test_descriptors_that_run_out_are_not_taken_for_permissions():
    said = "(24)Too many open files: AH00132: file permissions deny server access: /var/www/a.html"
    assert named(fleet(*[host(BAD)] * 3, lines=(line(said, "AH00132"),))) == "descriptors"


def test_a_backend_that_a_flood_has_made_late_is_not_the_cause():
    late = (Backend(name="127.0.0.1:9000", place=f"{API}:19", state="mute", why="answers nothing"),)
    assert named(fleet(*[host(window(bad=0.3, times=15), backends=late)] * 3)) == "flood"


def test_a_full_disk_is_the_cause_and_not_the_backend_that_cannot_write_to_it():
    full = replace(WELL.disks[0], free_inodes=0)
    assert named(fleet(*[host(BAD, disks=(full,), backends=FAILING)] * 3)) == "disk"


def test_a_late_backend_is_not_named_while_one_client_makes_most_requests_and_the_usual_is_not_known():
    began = NOW - 60
    crowd = window(rate=100, bad=0.3, began=began)
    steps = tuple(one for one in crowd.sites["www"].series if one.start >= began - 40)
    every = sum(one.requests for one in steps)
    short = replace(
        crowd,
        sites={"www": replace(crowd.sites["www"], requests=every, series=steps)},
        top_clients=(Often(text="192.0.2.7", requests=every * 4 // 5, server_errors=0),),
    )
    found = diagnose(fleet(*[host(short, backends=MUTE)] * 3), run="r9")
    assert found.named is None
    upstream = next(one for one in found.hypotheses if one.id == "upstream")
    assert any(text.startswith("192.0.2.7 makes most requests") for text in upstream.against)


def test_refusals_of_what_was_served_are_trouble_too():
    logs = window(rate=10, began=BEGAN)
    refused = tuple(replace(one, client_errors=12) if one.start >= BEGAN else one for one in logs.series)
    logs = replace(logs, sites={"www": replace(logs.sites["www"], series=refused)})
    lines = (line("(13)Permission denied: AH00035: access denied because search permissions are missing", "AH00035"),)
    assert named(fleet(*[host(logs)] * 3, lines=lines)) == "files"


QUIET = {
    "nothing": fleet(),
    "a-push-just-now": fleet(changes=(change(at=NOW - 60),)),
    "drift": fleet(host(drift=(edited("web1"),))),
    "a-few-errors-as-always": fleet(*[host(window(usual=0.004, bad=0.004))] * 3),
    "no-logs-and-no-history": fleet(*[replace(host(), window=None)] * 3, changes=None),
    "twice-the-requests": fleet(*[host(window(times=2))] * 3),
    "a-backend-that-nobody-asks": fleet(host(backends=REFUSED)),
    "old-words-in-the-error-log": fleet(
        lines=(line("(13)Permission denied: AH00132: file permissions", "AH00132", first=NOW - 5000),)
    ),
    "a-certificate-that-ends-soon": fleet(
        host(certificates=(Certificate(path="/w.pem", place="", names=(), not_after=NOW + 86400, error=None),))
    ),
    "a-configuration-that-would-be-refused": fleet(host(configtest="AH00526: Syntax error")),
    "a-host-that-is-gone-and-serves": fleet(gone={"web4": Gone(why="refused", ports={22: False, 80: True})}),
}


@pytest.mark.parametrize("way", QUIET)
def test_nothing_is_named_when_visitors_suffer_nothing(way):
    found = diagnose(QUIET[way], run="r9")
    assert found.trouble is None
    assert found.named is None


def test_the_rule_that_is_about_what_error_logs_say_is_told():
    lines = (line("AH00124: Request exceeded the limit of 10 internal redirects", "AH00124", rule="rewrite-loop"),)
    found = diagnose(fleet(*[host(BAD)] * 3, changes=(change(),), lines=lines), run="r9")
    assert (found.named.id, found.named.refers.rule) == ("change", "rewrite-loop")


def test_of_an_edit_and_a_later_run_the_run_is_likelier():
    edit = host(BAD, touched=(Touched(path="/etc/apache2/own.conf", at=BEGAN - 60, in_place=True),))
    assert named(fleet(edit, edit, edit, changes=(change(at=BEGAN - 30),))) == "change"


def test_what_a_push_wrote_is_no_edit_by_hand_also_without_a_history():
    pushed = replace(host(BAD, touched=(Touched(path=API, at=BEGAN - 5, in_place=True),)), managed=frozenset({API}))
    assert verdicts(fleet(pushed, changes=None))["hand-edit"] is Verdict.RULED_OUT


def test_a_push_after_the_trouble_began_is_ruled_out():
    evidence = fleet(*[host(BAD)] * 3, changes=(change(at=BEGAN + 300),))
    assert verdicts(evidence)["change"] is Verdict.RULED_OUT
    assert named(evidence) is None


def test_a_push_to_hosts_that_are_well_is_not_the_cause():
    evidence = fleet(host(BAD), changes=(change(hosts=("web2",)),))
    assert verdicts(evidence)["change"] in (Verdict.UNLIKELY, Verdict.RULED_OUT)


def test_a_changed_host_that_was_not_looked_at_is_not_taken_for_well():
    found = diagnose(fleet(*[host(window(bad=0.2))] * 3, changes=(change(hosts=(*HOSTS, "web4")),)), run="r9")
    assert found.named.id == "change"
    assert not found.named.against


def test_of_a_push_that_is_at_it_not_all_hosts_need_to_suffer():
    evidence = fleet(host(BAD), changes=(replace(change(), ended=None),))
    found = diagnose(evidence, run="r9")
    assert found.named.id == "change"
    assert "whose end is not on record yet" in found.named.speaks_for[0]
    assert not found.named.against


@pytest.mark.parametrize(("rate", "named"), [(0.01, True), (10, False)])
def test_a_changed_host_that_nobody_visits_is_not_taken_for_well(rate, named):
    failing = host(window(bad=0.2))
    found = diagnose(fleet(failing, failing, host(window(rate=rate)), changes=(change(),)), run="r9")
    assert (found.named is not None) is named
    assert ("web3 changed too, and is well" in found.hypotheses[0].against) is not named


def test_requests_that_are_made_again_after_errors_are_no_flood():
    evidence = fleet(*[host(window(bad=0.9, times=6), backends=REFUSED)] * 3)
    assert named(evidence) == "backend"


def test_workers_that_wait_for_a_backend_are_not_the_cause():
    waiting = {"backends": MUTE, "workers": Workers(limit=150, busy=150)}
    assert named(fleet(*[host(window(bad=0.6, symptom="slow"), **waiting)] * 3)) == "upstream"


def test_the_last_change_is_told_where_there_was_none_lately():
    found = diagnose(fleet(last_change=change(at=NOW - 3 * 86400)), run="r9")
    (hypothesis,) = [one for one in found.hypotheses if one.id == "change"]
    assert hypothesis.against == ("the last change was 3 days ago (r1)",)


def test_an_edit_that_httpd_has_not_loaded_is_not_the_cause():
    items = (
        edited("web1"),
        DriftItem(host="web1", kind=DriftKind.NOT_RELOADED, text=f"not loaded: {API}", fingerprint="g", path=API),
    )
    assert named(fleet(host(BAD, drift=items))) is None


def test_a_certificate_that_has_ended_does_not_explain_server_errors():
    ended = (Certificate(path="/w.pem", place="", names=(), not_after=NOW - 60, error=None),)
    assert named(fleet(*[host(BAD, certificates=ended, backends=REFUSED)] * 3)) == "backend"


def test_a_host_that_takes_no_connection_is_trouble():
    evidence = fleet(gone={"web4": Gone(why="timed out", ports={22: False, 80: False, 443: False})})
    assert evidence.trouble.symptom is Symptom.DOWN
    assert verdicts(evidence)["network"] is Verdict.POSSIBLE


def test_errors_all_the_time_have_no_beginning():
    evidence = fleet(*[host(window(bad=0.2, usual=0.2))] * 3)
    assert evidence.trouble.began is None
    assert evidence.trouble.share == pytest.approx(0.2, abs=0.01)


def test_only_the_hosts_that_suffer_are_told():
    assert fleet(host(BAD)).trouble.hosts == ("web1",)
    assert fleet(*[host(BAD)] * 3).trouble.hosts == HOSTS


def test_a_trouble_that_is_over_is_told_with_its_end():
    logs = window(bad=0.3, began=BEGAN)
    healed = tuple(replace(one, server_errors=0) if one.start >= NOW - 200 else one for one in logs.series)
    logs = replace(logs, sites={"www": replace(logs.sites["www"], series=healed)})
    trouble = fleet(*[host(logs)] * 3).trouble
    assert trouble.began == pytest.approx(BEGAN, abs=20)
    assert trouble.ended == pytest.approx(NOW - 200, abs=20)


def test_one_that_lasts_is_told_before_one_that_is_over():
    logs = window(bad=0.05, began=NOW - 120)
    twice = tuple(
        replace(one, server_errors=60) if NOW - 3000 <= one.start < NOW - 2400 else one for one in logs.series
    )
    logs = replace(logs, sites={"www": replace(logs.sites["www"], series=twice)})
    trouble = fleet(*[host(logs)] * 3).trouble
    assert trouble.ended is None
    assert trouble.began == pytest.approx(NOW - 120, abs=20)


def test_the_document_names_and_ranks():
    document = diagnose(BROKEN["backend"], run="r9").to_json()
    assert (document["format"], document["named"], document["run"]) == ("safedeploy-diagnosis", "backend", "r9")
    weights = [one["weight"] for one in document["hypotheses"]]
    assert weights == sorted(weights, reverse=True)
    assert document["errors"]["share"] == pytest.approx(0.2, abs=0.01)


def test_the_way_back_is_not_taken_for_the_cause_though_it_came_at_once():
    pushed, back = change(at=BEGAN - 30), change(at=BEGAN + 25, run="r2", command="rollback")
    found = diagnose(fleet(*[host(logs=window(bad=0.3)) for _ in HOSTS], changes=(back, pushed)), run="d")
    assert (found.named.id, found.named.refers.run) == ("change", "r1")


def test_a_push_within_the_step_in_which_errors_begin_is_their_cause_and_not_the_one_after():
    pushed, back = change(at=BEGAN + 4), change(at=BEGAN + 25, run="r2", command="rollback")
    found = diagnose(fleet(*[host(logs=window(bad=0.3)) for _ in HOSTS], changes=(back, pushed)), run="d")
    assert found.named.refers.run == "r1"


def test_what_was_done_when_the_trouble_was_over_is_not_its_cause():
    logs = window(bad=0.3)
    steps = tuple(replace(one, server_errors=0) if one.start >= BEGAN + 30 else one for one in logs.series)
    short = replace(logs, sites={"www": replace(logs.sites["www"], series=steps)})
    evidence = fleet(*[host(logs=short) for _ in HOSTS], changes=(change(at=BEGAN + 40, run="r2"),))
    assert evidence.trouble.ended == BEGAN + 30
    found = next(one for one in diagnose(evidence, run="d").hypotheses if one.id == "change")
    assert found.weight == 0
    assert any("was over" in text for text in found.against)


def test_of_what_no_host_was_asked_about_nothing_is_known():
    only_logs = {name: HostEvidence(window=window(bad=0.3)) for name in HOSTS}
    found = diagnose(Evidence(environment="prod", since=BEGAN - 600, until=NOW, hosts=only_logs), run="d").hypotheses
    unknown = {one.id for one in found if one.verdict is Verdict.UNKNOWN}
    assert {"backend", "network", "upstream", "certificate", "httpd", "disk"} <= unknown
    assert not {"files", "application", "flood"} & unknown


def test_of_logs_that_could_not_be_read_nothing_is_known():
    found = diagnose(Evidence(environment="prod", since=BEGAN, until=NOW, hosts={}), run="d").hypotheses
    assert {
        one.id: one.weight for one in found if one.id in ("files", "application", "flood", "backend")
    } == dict.fromkeys(("files", "application", "flood", "backend"))
