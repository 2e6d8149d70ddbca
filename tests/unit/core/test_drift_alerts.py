"""Which drift a channel is told of: what is new, once; and its end."""

from __future__ import annotations

import pytest

from safedeploy.core.alerts import MOST_TEXT, About
from safedeploy.core.channels import Channel, Kind, Severity
from safedeploy.core.drift_alerts import Open, check_of, messages

ABOUT = About(project="web", environment="prod", run="R1", actor="timer@ops", command="drift")
ALL = Channel(name="all")
HOSTS = ("web1", "web2", "web3")


def item(host="web1", fingerprint="f1", kind="edited", severity="error", path="/etc/apache2/a.conf"):
    return {
        "fingerprint": fingerprint,
        "host": host,
        "kind": kind,
        "path": path,
        "severity": severity,
        "text": f"{kind} by hand",
    }


def check(*items, unreachable=(), hosts=HOSTS, whole=True):
    document = {
        "format": "safedeploy-drift",
        "hosts": {host: {} for host in hosts},
        "items": list(items),
        "unreachable": dict.fromkeys(unreachable, "no route"),
    }
    return check_of(document, None, whole=whole)


class Told:
    """A channel over several checks, with the memory that its messages leave when they arrive."""

    def __init__(self, channel=ALL):
        self.channel, self.open, self.now = channel, {}, 1000.0

    def of(self, found, seconds=60.0):
        self.now += seconds
        made = messages(ABOUT, found, self.channel, self.open, self.now)
        for message in made:
            for key, (severity, text) in message.opens.items():
                opened = self.open[key].opened if key in self.open else self.now
                self.open[key] = Open(key=key, severity=severity, text=text, opened=opened, sent=self.now)
            for key in message.closes:
                del self.open[key]
        return [message.alert for message in made if message.alert]


def kinds(alerts):
    return [alert.kind for alert in alerts]


def test_drift_is_told_when_it_is_new_and_when_it_has_gone_and_not_between():
    told = Told()
    (first,) = told.of(check(item()))
    assert first.title == "web/prod: drift on web1: 1 new"
    assert first.text.startswith("web1: edited /etc/apache2/a.conf: edited by hand\n")
    assert told.of(check(item())) == []
    (last,) = told.of(check())
    assert (last.kind, last.severity) == (Kind.DRIFT_GONE, Severity.INFO)
    assert last.title == "web/prod: drift gone on web1: 1, none is left"
    assert "web1: edited /etc/apache2/a.conf: edited by hand" in last.text
    assert told.of(check()) == []


def test_only_what_is_new_is_listed_beside_what_is_known():
    told = Told()
    told.of(check(item()))
    (second,) = told.of(check(item(), item("web2", "f2", path="/etc/apache2/b.conf")))
    assert [one["path"] for one in second.items] == ["/etc/apache2/b.conf"]
    (third,) = told.of(check(item("web2", "f2")))
    assert third.title == "web/prod: drift gone on web1: 1, 1 found that is left"


def test_the_same_drift_on_another_host_is_new():
    told = Told()
    told.of(check(item("web1")))
    assert kinds(told.of(check(item("web1"), item("web2")))) == [Kind.DRIFT_FOUND]


def test_drift_of_a_host_that_is_out_of_reach_has_not_gone():
    told = Told()
    told.of(check(item("web1")))
    (lost,) = told.of(check(unreachable=["web1"]))
    assert (lost.kind, lost.items[0]["kind"], lost.severity) == (Kind.DRIFT_FOUND, "unreachable", Severity.WARNING)
    assert told.of(check(unreachable=["web1"])) == []
    (back,) = told.of(check(item("web1")))
    assert [one["kind"] for one in back.items] == ["unreachable"]
    assert back.kind is Kind.DRIFT_GONE


def test_drift_of_a_host_that_a_limit_left_out_has_not_gone():
    told = Told()
    told.of(check(item("web1")))
    assert told.of(check(hosts=["web2"], whole=False)) == []


def test_drift_of_a_host_that_left_the_inventory_has_gone():
    told = Told()
    told.of(check(item("web3")))
    assert kinds(told.of(check(hosts=["web1", "web2"]))) == [Kind.DRIFT_GONE]


def test_a_check_that_cannot_be_made_is_told_once_with_its_end_and_changes_nothing_else():
    told = Told()
    told.of(check(item()))
    broken = check_of(None, {"what": "the inventory names no host"}, whole=True)
    (failed,) = told.of(broken)
    assert (failed.kind, failed.severity) == (Kind.DRIFT_CHECK_FAILED, Severity.ERROR)
    assert "the inventory names no host" in failed.text
    assert told.of(broken) == []
    assert kinds(told.of(check(item()))) == [Kind.DRIFT_CHECK_WORKS]
    assert told.of(check(item())) == []


def test_a_check_that_reaches_no_host_has_failed_and_no_drift_has_gone():
    told = Told()
    told.of(check(item()))
    assert kinds(told.of(check(unreachable=HOSTS))) == [Kind.DRIFT_CHECK_FAILED]
    assert kinds(told.of(check())) == [Kind.DRIFT_CHECK_WORKS, Kind.DRIFT_GONE]


def test_a_channel_of_errors_hears_nothing_of_warnings_and_the_end_of_errors():
    told = Told(Channel(name="pager", severity=Severity.ERROR))
    assert told.of(check(item("web1", "f1", severity="warning"))) == []
    (found,) = told.of(check(item("web1", "f1", severity="warning"), item("web2", "f2")))
    assert [one["host"] for one in found.items] == ["web2"]
    (gone,) = told.of(check())
    assert [one["host"] for one in gone.items] == ["web2"]


def test_a_channel_that_does_not_ask_for_the_end_is_told_of_the_next_drift_all_the_same():
    told = Told(Channel(name="found", events=(Kind.DRIFT_FOUND,)))
    assert len(told.of(check(item()))) == 1
    assert told.of(check()) == []
    assert len(told.of(check(item()))) == 1


def test_what_stays_is_told_again_after_the_time_that_was_asked_for():
    told = Told(Channel(name="daily", repeat=3600))
    told.of(check(item()))
    assert told.of(check(item()), seconds=3599) == []
    (again,) = told.of(check(item(), item("web2", "f2")), seconds=1)
    assert again.title == "web/prod: drift on web2, web1: 1 new, 1 still there"
    assert [one["state"] for one in again.items] == ["new", "still"]
    assert told.of(check(item(), item("web2", "f2")), seconds=3599) == []


def test_what_the_host_can_tell_of_who_did_it_is_told_of_one_host_alone():
    known = {"changed": "2026-03-01T03:00:00Z", "who": [{"source": "sudo", "at": None, "text": "anna ran vi"}]}
    (found,) = Told().of(check({**item(), **known}))
    assert "by hand (changed 2026-03-01T03:00:00Z, perhaps anna ran vi)\n" in found.text
    (found,) = Told().of(check({**item(), **known}, {**item("web2"), **known}))
    assert "web1, web2: edited /etc/apache2/a.conf: edited by hand\n" in found.text
    assert found.items[1]["hint"] == "changed 2026-03-01T03:00:00Z, perhaps anna ran vi"


def test_drift_of_a_whole_host_has_no_path():
    told = Told()
    (found,) = told.of(check({**item(kind="not-loaded"), "path": None}))
    assert found.text.startswith("web1: not-loaded: not-loaded by hand\n")
    (gone,) = told.of(check())
    assert (gone.items[0]["kind"], gone.items[0]["path"]) == ("not-loaded", "")


@pytest.mark.parametrize("kind", ["stranded", "pending"])
def test_a_host_that_a_killed_run_left_is_critical(kind):
    (found,) = Told().of(check(item(kind=kind, severity="error"), item("web2", severity="warning")))
    assert found.severity is Severity.CRITICAL


def test_a_fleet_that_drifted_as_a_whole_is_one_alert_of_bounded_length():
    hosts = [f"web{number}" for number in range(500)]
    alike = [item(host) for host in hosts]
    other = [item("web1", f"x{number}", path=f"/etc/apache2/{number}.conf") for number in range(300)]
    (found,) = Told().of(check(*alike, *other, hosts=hosts))
    assert "web0, web1, web2, web3, web4 and 495 more: edited /etc/apache2/a.conf" in found.text
    assert "safedeploy drift prod shows all" in found.text
    assert len(found.text) <= MOST_TEXT + 60


def test_what_a_host_said_is_fit_to_be_sent():
    wild = {**item(), "path": "/etc/\x1b[31m@channel", "text": "a\nb @everyone"}
    (found,) = Told().of(check(wild))
    assert "\x1b" not in found.text
    assert "@everyone" not in found.text + str(found.items)
    assert found.items[0]["text"] == "a b (at)everyone"
