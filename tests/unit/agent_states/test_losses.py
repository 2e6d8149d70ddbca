"""What single losses of power and single deaths must not do; each was done once by a random life of a host."""

from __future__ import annotations

import copy
import itertools
import json
import os

import pytest
from safedeploy_host.changing import changing

from tests.unit.agent.world import World, refused
from tests.unit.agent_states.disk import Died, Disk

OLD = {"sites/a.conf": b"old a", "sites/b.conf": b"old b"}
NEW = {"sites/a.conf": b"new a", "fresh/c.conf": b"new c", "sites/b.conf": None}

EDITED = {"sites/a.conf": b"new a"}


class Host(World):
    """A host whose disk loses what was not synced."""

    def __init__(self, base):
        super().__init__(base)
        self.disk = Disk(base, ("etc", "state"))

    def does(self, work, die_at=None):
        """Do something, up to a death; whether it died."""
        before = os.umask(0o077)
        try:
            with self.disk.running(die_at):
                work()
        except Died:
            return True
        finally:
            os.umask(before)
        return False

    def lose_power(self):
        """Everything goes that need not stay."""
        self.disk.crash("nothing", 0)
        self.httpd.boot = "the next start"

    def losses_of_power(self):
        """Leave some of the states, one after the other, that a loss of power now might leave."""
        before = copy.deepcopy(self.disk.root)
        for seed in range(30):
            self.disk.root = copy.deepcopy(before)
            self.disk.crash("any", seed)
            yield seed

    def start(self):
        """What every command does first."""
        with changing(self.site, self.httpd):
            pass


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


def test_the_first_lease_of_a_host_is_not_forgotten(host):
    host.does(lambda: host.prepare(NEW))
    host.lose_power()
    assert host.store.lease.read()["token"] == host.token


def test_the_program_that_the_boot_guard_runs_is_there_once_something_is_staged(host):
    host.does(lambda: host.stage(NEW))
    host.lose_power()
    assert (host.state_dir / "agent/current").resolve().read_bytes() == host.agent.read_bytes()


def test_what_a_program_that_died_had_confirmed_is_not_lost_once_another_has_started(host):
    host.does(lambda: host.push(OLD, confirm=False))
    activation = host.state["pending"]["activation"]
    number = next(n for n in itertools.count(1) if confirms(host, activation, n))
    assert number > 1
    host.does(host.start)
    host.lose_power()
    host.does(host.start)
    assert host.state["known_good"] == "aaaaaaaaaaaa"


def confirms(host, activation, number):
    host.does(lambda: host.confirm(activation), number)
    return host.state["pending"] is None


def test_what_a_death_left_among_the_live_files_does_not_come_back_after_it_was_removed(host):
    host.does(lambda: host.push(OLD))
    old = host.snapshot()
    host.does(lambda: host.stage(EDITED, "bbbbbbbbbbbb"))
    for number in itertools.count(1):
        host.does(lambda: host.activate("bbbbbbbbbbbb"), number)
        if any(".ht.safedeploy" in name for name in host.snapshot()):
            break
    host.does(host.start)
    for _ in host.losses_of_power():
        assert host.snapshot() == old


def test_a_revert_that_died_at_any_step_is_made_durable_by_the_next_start(host):
    host.does(lambda: host.push(OLD))
    old = host.snapshot()
    host.does(lambda: host.push(EDITED, "bbbbbbbbbbbb", confirm=False))
    before = copy.deepcopy(host.disk.root)
    for number in itertools.count(1):
        host.disk.root = copy.deepcopy(before)
        host.disk.crash("everything", 0)
        host.httpd.boot = "this start"
        if not host.does(host.revert, number):
            break
        host.does(host.start)
        host.lose_power()
        host.does(host.start)
        assert (host.snapshot(), host.state["current"]) == (old, "aaaaaaaaaaaa")
    assert number > 20


def test_an_activation_that_died_before_it_had_proven_itself_cannot_be_confirmed(host):
    host.does(lambda: host.push(OLD))
    old = host.snapshot()
    for number in itertools.count(1):
        host.does(lambda: host.stage(NEW, "bbbbbbbbbbbb"))
        if not host.does(lambda: host.activate("bbbbbbbbbbbb"), number):
            break
        pending = host.state["pending"]
        if pending is not None and pending["complete"]:
            break
        if pending is not None:
            assert refused(host.confirm, pending["activation"]).code == "reverted"
        else:
            host.does(host.start)
        assert (host.snapshot(), host.state["known_good"]) == (old, "aaaaaaaaaaaa")
    assert number > 30


def test_a_line_that_a_death_tore_takes_no_other_with_it(host):
    host.does(lambda: host.prepare(OLD))
    whole = len(host.store.log.lines())
    for number in itertools.count(1):
        host.does(lambda: host.call("renew", token=host.token), number)
        host.does(lambda: host.prepare(NEW, "bbbbbbbbbbbb"), number)
        if len(host.store.log.lines()) > whole:
            break
    assert not (host.state_dir / "audit.jsonl").read_bytes().endswith(b"\n")
    host.does(lambda: host.call("release-lease", token=host.token))
    assert json.loads(host.store.log.lines()[-1])["event"] == "lease-released"


def test_a_release_that_was_forgotten_does_not_come_back_without_its_contents(host):
    host.does(lambda: host.push(OLD))
    host.does(lambda: host.stage({"sites/x.conf": b"never used"}, "ffffffffffff"))
    host.disk.crash("everything", 0)
    host.does(lambda: host.push(NEW, "bbbbbbbbbbbb", keep=1))
    for _ in host.losses_of_power():
        if (host.state_dir / "releases/ffffffffffff/manifest.json").exists():
            entries = host.store.releases.read("ffffffffffff")["entries"]
            assert host.store.objects.missing(entries) == []
