"""Random lives of one host: two runs, a person with an editor, time, bad releases, deaths at any change of the disk."""

from __future__ import annotations

import dataclasses

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from safedeploy_host import deadman, kept_aside
from safedeploy_host.protocol import AgentError

from tests.unit.agent_states import seen
from tests.unit.agent_states.deaths import deaths
from tests.unit.agent_states.disk import WAYS, Died
from tests.unit.agent_states.expected import Host, Record
from tests.unit.agent_states.leases import WINDOW, Leases, releases, runs
from tests.unit.agent_states.life import RELEASES

EDITED = ("sites/a.conf", "sites/b.conf", "on/a.conf", "extra.conf", "fresh/note.conf")


class Lives(Leases):
    """The rules."""

    @initialize(guarded=st.booleans())
    def start(self, guarded):
        self.guarded = guarded

    # --- rules: a push

    def preflight(self, run, release, deaths):
        run = self.who(run)
        manifest, objects = self.world.manifest(RELEASES[release], release)
        answer = self.do(
            "preflight",
            lambda: self.world.call("preflight", token=self.tokens[run], manifest=manifest, objects=objects),
            deaths,
            self.same,
        )
        self.fenced(run, answer)
        if isinstance(answer, dict):
            self.staged = True

    staged = False

    @precondition(lambda self: self.staged)
    @rule()
    def find_the_program_that_the_boot_guard_runs(self):
        current = self.world.state_dir / "agent" / "current"
        assert current.resolve().read_bytes() == self.world.agent.read_bytes()

    def activate(self, run, release, deaths):
        run = self.who(run)
        entries = self.entries[release]

        def outcomes(host):
            going = host.activated(release, entries)
            assert going.pending is not None
            changed = going.files != host.files
            possible = [host, dataclasses.replace(host, adopted=host.adopting(entries).adopted)]
            if not changed:
                possible.append(host.unchanged(release, entries))
            possible += [going, self.undone(going, going.pending)]
            return possible

        def arm(_store, activation):
            self.disk.step()
            self.dead_man = activation
            return {"kind": "process", "pid": 0}

        self.boot_of_pending, self.end = (
            (self.httpd.boot, self.httpd.clock + WINDOW)
            if self.host.pending is None
            else (self.boot_of_pending, self.end)
        )
        answer = self.do(
            "activate",
            lambda: self.world.call(
                "activate", arm=arm, token=self.tokens[run], run=run, actor="ann", release=release,
                confirm_window=WINDOW,
            ),
            deaths,
            outcomes,
        )  # fmt: skip
        self.fenced(run, answer)
        host = self.host
        if isinstance(answer, dict) and answer["outcome"] == "activated":
            assert host.pending is not None
            assert host.current == release == host.pending.release
            assert host.pending.activation == answer["activation"] == self.dead_man
            assert self.well(host.files, release)
            self.audited.append(("activated", answer["activation"]))
        elif isinstance(answer, dict):
            assert host.known_good == release
        elif isinstance(answer, AgentError):
            known = ("lease-lost", "pending-exists", "no-such-release", "health-failed", "reverted", "stranded")
            assert answer.code in known, answer.message
            assert answer.code != "stranded" or host.stranded is not None

    @rule(release=releases, deaths=deaths, confirmed=st.booleans())
    def push(self, release, deaths, confirmed):
        """The whole of it by one run, as it is most of the time."""
        run = self.who(None)
        self.prepare(run, release, [])
        self.preflight(run, release, [])
        self.activate(run, release, deaths)
        if confirmed and self.host.pending is not None:
            self.confirm(run, [], 2)

    @rule(kind=st.sampled_from(["preflight", "activate"]), run=runs, release=releases, deaths=deaths)
    def push_in_part(self, kind, run, release, deaths):
        {"preflight": self.preflight, "activate": self.activate}[kind](run, release, deaths)

    @precondition(lambda self: self.host.pending or self.host.last)
    @rule(run=runs, deaths=deaths, keep=st.integers(1, 2))
    def confirm(self, run, deaths, keep):
        run = self.who(run)
        pending = self.host.pending is not None
        wanted = self.host.pending.activation if self.host.pending else (self.host.last and self.host.last.activation)

        def outcomes(host):
            return [host, host.confirmed()] if host.pending else [host]

        answer = self.do(
            "confirm",
            lambda: self.world.call(
                "confirm", token=self.tokens[run], activation=wanted, keep=keep, health=[], actor="bob"
            ),
            deaths,
            outcomes,
        )
        self.fenced(run, answer)
        if isinstance(answer, dict):
            assert self.host.pending is None
            if wanted is not None:
                assert self.host.last is not None
                assert self.host.last.activation == wanted
                assert self.host.known_good == self.host.last.release
                if pending:  # else it had been confirmed before
                    self.audited.append(("confirmed", wanted))
            self.dead_man = None

    @precondition(lambda self: self.host.pending or self.host.last or self.host.stranded)
    @rule(run=runs, deaths=deaths)
    def revert(self, run, deaths):
        run = self.who(run)

        host = self.host
        one_step = host.pending is not None and self.due()

        def outcomes(host):
            record = None if one_step else host.pending or host.stranded or host.last
            starting = {False, any(death.way for death in deaths)}  # a boot guard goes by the configtest alone
            return [host, *(self.undone(host, record, starting=one) for one in starting)] if record else [host]

        record = host.pending or host.stranded or host.last
        work = lambda: self.world.call("revert", token=self.tokens[run], run=run, actor="ann")  # noqa: E731
        answer = self.do("revert", work, deaths, outcomes)
        self.fenced(run, answer)
        if isinstance(answer, dict) and answer["outcome"] == "reverted":
            assert self.host.pending is None
            assert self.host.stranded is None
            self.audited.append(("reverted", answer["activation"]))
            self.no_hand_edit_is_lost(host, record)

    def no_hand_edit_is_lost(self, was: Host, record: Record | None) -> None:
        """What neither the activation nor the time before explains is kept."""
        assert record is not None
        after = was.effective(self.entries.get(record.release, {}))
        kept = kept_aside.trees(self.world.store)
        for path, entry in was.files.items():
            if path in record.before and entry not in (record.before[path], after.get(path)):
                assert {path: entry} in kept or self.host.files.get(path) == entry, f"the hand edit of {path} is lost"

    @precondition(lambda self: self.host.pending is not None)
    @rule(run=runs, deaths=deaths)
    def hold(self, run, deaths):
        run = self.who(run)
        assert self.host.pending is not None
        activation = self.host.pending.activation
        answer = self.do(
            "hold",
            lambda: self.world.call("hold", token=self.tokens[run], activation=activation, window=600),
            deaths,
            self.same,
        )
        self.fenced(run, answer)
        if self.world.state["pending"]:
            self.end = self.world.state["pending"]["ends"]["at"]
            if isinstance(answer, dict):
                assert self.end == self.httpd.clock + 600

    # --- rules: the world

    @rule(seconds=st.sampled_from([1, 61, 301, 601]), deaths=deaths)
    def pass_time(self, seconds, deaths):
        self.httpd.clock += seconds
        pending = self.host.pending
        if pending is not None and self.dead_man == pending.activation and self.due():
            activation = self.dead_man
            self.do(
                "dead-man",
                lambda: deadman._revert(self.world.store, self.httpd, activation),
                deaths,
                self.same,
            )
            self.dead_man = None

    @rule(way=st.sampled_from(WAYS), seed=st.integers(0, 999), deaths=deaths)
    def power_loss(self, way, seed, deaths):
        allowed = self.settled(self.host, lost_power=True)
        self.lose_power(way, seed)
        rest = list(deaths)
        while isinstance(self.start_after(rest[:1]), Died):
            rest = rest[1:]
        self.check("a loss of power", allowed)

    @rule(name=st.sampled_from(EDITED), content=st.sampled_from([b"edited", b"edited again", b"DIES of an edit", None]))
    def edit_by_hand(self, name, content):
        path = self.world.root / name
        if not path.parent.is_dir() or (content is None and not (path.exists() or path.is_symlink())):
            return
        self.disk.edit(path, content)
        self.host = seen.host(self.world)
        if content is not None:
            self.contents[self.host.files[str(path)]["sha256"]] = content

    @rule(what=st.sampled_from(["it falls ill", "it is well", "it is well", "the dead-man is killed"]))
    def something_happens(self, what):
        if what == "the dead-man is killed":
            self.dead_man = None
        else:
            self.httpd.sick = what == "it falls ill"
        assert self.world.call("observe")["state"] == self.world.state
