"""The rules about the lease: who has it, that it is not lost, and that a run which lost it can write nothing."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from safedeploy_host.protocol import AgentError

from tests.unit.agent_states.deaths import deaths
from tests.unit.agent_states.life import RELEASES, RUNS, Life

runs = st.sampled_from([None, None, None, *RUNS])  # None: the one that has the lease
releases = st.sampled_from(sorted(RELEASES))
WINDOW, TTL = 60.0, 300.0


class Leases(Life):
    """Two runs that take, renew, give back and lose the lease of a host."""

    def who(self, run: str | None) -> str:
        """The run that is meant: without a name the one that has the lease, which is taken if it is free."""
        if run is None and not self.token_now:
            pending = self.world.state["pending"]
            self.prepare(pending["run"] if pending else RUNS[0], "aaaaaaaaaaaa", [])
        return run or next((name for name in RUNS if self.tokens[name] == self.token_now), RUNS[0])

    def lease_command(self, name, deaths, work):
        """A command that may change who has the lease; its answer, and the lease before it."""
        lease = self.world.store.lease.read() or {"run": None, "until": 0, "fence": 0}
        self.lease_may_change = True
        try:
            answer = self.do(name, work, deaths, self.same)
        finally:
            self.lease_may_change = False
        return answer, lease

    @rule(
        kind=st.sampled_from(["take", "give back", "take away", "renew"]),
        run=st.sampled_from(RUNS),
        release=releases,
        deaths=deaths,
    )
    def change_the_lease(self, kind, run, release, deaths):
        if kind == "take":
            self.prepare(run, release, deaths)
        elif kind == "renew":
            self.renew(run, deaths)
        else:
            self.give_back(run, deaths, kind == "take away")

    def prepare(self, run, release, deaths):
        manifest, _ = self.world.manifest(RELEASES[release], release)
        answer, lease = self.lease_command(
            "prepare",
            deaths,
            lambda: self.world.call("prepare", run=run, holder="ann", ttl=TTL, manifest=manifest, reason="r"),
        )
        pending = self.host.pending
        if isinstance(answer, dict):
            assert answer["token"] == self.token_now, "the lease that was promised is not there"
            self.tokens[run] = answer["token"]
        elif isinstance(answer, AgentError):
            assert answer.code in ("lease-held", "pending-exists", "stranded")
            if answer.code == "lease-held":
                assert lease["run"] != run
                assert lease["until"] > self.httpd.clock
            if answer.code == "pending-exists":
                assert pending is not None

    def give_back(self, run, deaths, away):
        owns = self.tokens[run] == self.token_now

        def work():
            if away:
                return self.world.call("unlock", actor="bob", run="run-3", reason="gone", holder_run=run)
            return self.world.call("release-lease", token=self.tokens[run])

        answer, _ = self.lease_command("give back", deaths, work)
        if isinstance(answer, dict) and answer.get("outcome") != "nothing-to-unlock":
            assert self.token_now == ""
        if isinstance(answer, AgentError) and answer.code == "lease-lost":
            assert not owns

    def renew(self, run, deaths):
        run = self.who(run)
        answer = self.do("renew", lambda: self.world.call("renew", token=self.tokens[run]), deaths, self.same)
        self.fenced(run, answer)

    def fenced(self, run, answer):
        """A token is refused exactly when it is not the present one."""
        if isinstance(answer, AgentError) and answer.code == "lease-lost":
            assert self.tokens[run] != self.token_now
        elif not (isinstance(answer, AgentError) and answer.code == "stranded") and answer is not None:
            assert self.tokens[run] == self.token_now, "a run without the lease was served"

    @precondition(lambda self: self.retired)
    @rule(data=st.data(), release=releases)
    def write_by_a_run_thought_dead(self, data, release):
        token = data.draw(st.sampled_from(self.retired))
        name = data.draw(st.sampled_from(["activate", "confirm", "revert", "renew", "hold", "preflight"]))
        manifest, objects = self.world.manifest(RELEASES[release], release)
        answer = self.do(
            f"late {name}",
            lambda: self.world.call(
                name, token=token, run="run-1", actor="ann", release=release, manifest=manifest, objects=objects,
                activation="x", window=9,
            ),
            [],
            self.same,
        )  # fmt: skip
        assert isinstance(answer, AgentError)
        assert answer.code in ("lease-lost", "stranded")
