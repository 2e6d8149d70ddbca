"""One host, what happened to it, and what it must be now.

After each step the host must be one of the hosts that `expected` allows. A death is of the program alone (what it did
stays, and httpd and the dead-man go on) or of the whole host (what was not synced may be lost, `disk`). The
next start of the program, which may die too, puts the host right.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine
from safedeploy_host import boot
from safedeploy_host.changing import changing
from safedeploy_host.protocol import AgentError

from tests.unit.agent.world import World
from tests.unit.agent_states import seen
from tests.unit.agent_states.deaths import CHANGES, FEW, Death
from tests.unit.agent_states.disk import Died, Disk
from tests.unit.agent_states.expected import Host, Record, Tree
from tests.unit.agent_states.stand_ins import Remembering, Starting

RELEASES = {
    "aaaaaaaaaaaa": {"sites/a.conf": b"a1", "sites/b.conf": b"b1", "on/a.conf": "../sites/a.conf"},
    "bbbbbbbbbbbb": {
        "sites/a.conf": (b"a2", "0600"),
        "sites/b.conf": None,
        "fresh/deep/d.conf": b"d",
        "on/a.conf": "../sites/b.conf",
    },
    "cccccccccccc": {"sites/a.conf": b"DIES", "on/c.conf": "../sites/a.conf"},
    "dddddddddddd": {"sites/a.conf": b"a1", "sites/b.conf": b"SERVES-500", "fresh/e.conf": b"e"},
}
RUNS = ("run-1", "run-2")


class Life(RuleBasedStateMachine):
    """Does what a rule asks for, with its deaths, and compares."""

    lying: Callable[[], bool] | None = None

    def __init__(self):
        super().__init__()
        self.mask = os.umask(0o022)
        shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.directory = tempfile.TemporaryDirectory(dir=shared, prefix="safedeploy-states-")
        self.world = World(Path(self.directory.name).resolve())
        self.disk = Disk(self.world.base, ("etc", "state"))
        self.disk.lying = self.lying
        self.world.httpd = self.httpd = Remembering(self.world.site, self.world.root, self.disk)
        self.httpd.loaded = self.httpd._read()
        os.umask(0o077)
        self.boots = 0
        self.dead_man: str | None = None
        self.guarded = False
        self.contents: dict[str, bytes] = {}
        self.entries: dict[str, Tree] = {}
        for release, files in RELEASES.items():
            self.entries[release] = self.world.manifest(files, release)[0]["entries"]
            for name, value in files.items():
                data = value[0] if isinstance(value, tuple) else value
                if isinstance(data, bytes):
                    self.contents[self.entries[release][str(self.world.root / name)]["sha256"]] = data
        self.tokens = dict.fromkeys(RUNS, "1-never")
        self.retired: list[str] = []
        self.token_now = ""
        self.lease_may_change = False
        self.fence = 0
        self.audited: list[tuple[str, str | None]] = []
        self.end = 0.0
        self.boot_of_pending = ""
        self.host = seen.host(self.world)

    def teardown(self):
        os.umask(self.mask)
        self.directory.cleanup()

    # --- what the host should be

    def well(self, files: Tree, release: str | None, *, starting: bool = False) -> bool:
        texts = [self.contents[entry["sha256"]] for entry in files.values() if entry["kind"] == "file"]
        if any(b"DIES" in text for text in texts):
            return False
        if starting or not (self.httpd.sick or any(b"SERVES-500" in text for text in texts)):
            return True
        baseline = self.baselines.get(release, [])
        return bool(baseline) and not baseline[0]["ok"]

    @property
    def baselines(self):
        return {release: self.world.store.releases.preflight(release).get("baseline", []) for release in RELEASES}

    def stored(self, release: str) -> Tree | None:
        return self.entries[release] if release in self.world.store.releases.ids() else None

    def undone(self, host: Host, record: Record, *, starting: bool = False) -> Host:
        return host.reverted(record, self.stored, lambda files, release: self.well(files, release, starting=starting))

    def settled(self, host: Host, *, lost_power: bool = False) -> list[Host]:
        """What a host is when a start of the program has undone what is due."""
        if host.pending is None:
            return [host]
        if lost_power or self.due():
            flavours = (False, True) if lost_power else (False,)
            return [self.undone(host, host.pending, starting=starting) for starting in flavours]
        return [host]

    def due(self) -> bool:
        return self.boot_of_pending != self.httpd.boot or self.httpd.clock >= self.end

    # --- doing

    def do(
        self, name: str, work: Callable[[], object], deaths: list[Death], outcomes: Callable[[Host], list[Host]]
    ) -> object:
        """Run one command, with its deaths and the starts after them; the host must then be one of the outcomes.

        Returns the result, an AgentError, or None when it died.
        """
        [base] = self.settled(self.host)
        begun, self.host = self.host, base
        stranded = base.stranded is not None and base != begun and base.stranded == begun.pending
        allowed = [base] if stranded else outcomes(base)
        died = self.run(name, work, deaths[:1])
        answer: object = died
        rest, power = list(deaths[1:]), False
        if isinstance(died, Died):
            answer = None
            last: list[Death] = deaths[:1]
            while isinstance(died, Died):
                power = power or last[0].way is not None
                last, rest = rest[:1], rest[1:]
                died = self.start_after(last)
        if power:
            allowed = [one for host in [base, *allowed] for one in self.settled(host, lost_power=True)]
        self.check(name, allowed)
        return answer

    def run(self, name: str, work: Callable[[], object], deaths: list[Death]) -> object:
        """Run something of the agent's; its result, an AgentError, or Died."""
        last = deaths[0] if deaths else None
        at = 1 + last.share * CHANGES.get(name, FEW) // 100 if last else None
        try:
            with self.disk.running(at):
                return work()
        except AgentError as error:
            note(f"refused: {error.code}: {error.message}")
            return error
        except Died as died:
            assert last is not None
            note(f"{name} died at change {at}, {last.way or 'by a signal'}")
            if last.way is not None:
                self.lose_power(last.way, last.seed)
            return died

    def lose_power(self, way: str, seed: int) -> None:
        self.disk.crash(way, seed)
        self.boots += 1
        self.httpd.boot = f"start {self.boots}"
        self.httpd.running = False
        self.dead_man = None
        self.starting = True

    starting = False

    def start_after(self, deaths: list[Death]) -> object:
        """The next start of the program after a death: the boot guard's where the host starts, else any command's."""
        if self.starting and self.guarded and (self.world.state_dir / "site.json").exists():
            died = self.run("start", lambda: boot.boot(self.world.store, Starting(self.httpd)), deaths)
            if isinstance(died, Died):
                return died
            deaths = []
        if self.starting:
            self.starting = False
            self.httpd.loaded = self.httpd._read()
            self.httpd.running = b"DIES" not in self.httpd.loaded
        return self.run("start", self.recover, deaths)

    def recover(self) -> None:
        with changing(self.world.site, self.httpd):
            pass

    def check(self, name: str, allowed: list[Host]) -> None:
        found = seen.host(self.world)
        said = [host.says() for host in allowed]
        if found.says() not in said:
            raise AssertionError(f"after {name}:\n{_differences(found.says(), said)}")
        self.host = found
        seen.check_at_rest(self.world)
        if found.stranded is not None:
            assert self.world.state["stranded"]["steps"]
        self.check_lease()
        self.check_audit()

    def check_lease(self) -> None:
        token = (self.world.store.lease.read() or {"token": ""})["token"]
        if token != self.token_now and self.lease_may_change:
            assert not token or fence(token) > self.fence, "a fence number was given twice"
            if self.token_now:
                self.retired.append(self.token_now)
            self.token_now = token
            self.fence = max(self.fence, fence(token))
        assert token == self.token_now, "a lease that was given is lost, or one came back"
        assert not self.fence or self.world.store.lease.read()["fence"] >= self.fence

    def check_audit(self) -> None:
        lines = self.world.store.log.lines()
        events = []
        for line in lines:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            events.append((value["event"], value.get("activation")))
        missing = [event for event in self.audited if event not in events]
        assert not missing, f"lost from audit.jsonl: {missing}"

    def same(self, host: Host) -> list[Host]:
        return [host]


def fence(token: str) -> int:
    """The number that a token begins with."""
    return int(token.partition("-")[0]) if token else 0


def _differences(found: dict, allowed: list[dict]) -> str:
    lines = []
    for number, one in enumerate(allowed, 1):
        lines += [
            f"  allowed {number}, {key}:\n    is     {found[key]}\n    not    {one[key]}"
            for key in one
            if one[key] != found[key]
        ]
    return "\n".join(lines)
