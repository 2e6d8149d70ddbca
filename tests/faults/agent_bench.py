"""Faults in one command of the on-host program on a real host, with a real Apache, straight at the program.

    bench = AgentBench.made(FaultFleet(fleet))     # the fleet is on a release; another one is made from it
    for one in bench.plan(each=8):                 # steps found with strace, the faults that each can have
        outcome = bench.inject("web1", one)

The lease of the interrupted command's run is given back afterwards, and what it had pending is taken back, as the
control machine does; or the dead-man, or the boot guard, has done it before.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.tree import canonical
from safedeploy.lab.host_process import HOST_PYTHON
from tests.faults import agent_commands
from tests.faults.agent_commands import COMMANDS, KEY, OVER, PENDING, PUSHED, STAGED, TORN, WINDOW, Command
from tests.faults.agent_faults import FAULTS, AgentFault
from tests.faults.fleet import NEW, FaultFleet, Known
from tests.faults.oracle import host_violations
from tests.faults.records import Injection, Outcome, Violation
from tests.faults.serving import HEADER, policy_header
from tests.faults.syscalls import FOLLOWED, Step, killed_at, steps, was_hit

GRACE, SOON = 3.0, 10.0
STRACE = ("strace", "-y", "-s", "300", "-e", f"trace={','.join(FOLLOWED)}")
RELEASE = "feedfacecafe"
KILL_AGENTS = (
    "for p in /proc/[0-9]*; do grep -qzE '[.]pyz$|agent/current$' $p/cmdline 2>/dev/null && kill -9 ${p#/proc/};"
    " done; true"
)
# Python's tempfile tries a directory with such a file; where removing fails by injection it stays, in a harmless place.
TRIED = "find /tmp -maxdepth 1 -type f -name '????????' -delete"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One injection to be made."""

    command: Command
    step: Step
    fault: AgentFault

    def injection(self, host: str) -> Injection:
        return Injection(
            part="agent",
            column=self.fault.column,
            kind=self.step.kind,
            row=f"{self.command.name}: {self.step.point}",
            host=host,
        )


@dataclass(kw_only=True)
class AgentBench:
    """A fleet whose hosts can be put into each of the situations of `agent_commands`."""

    fleet: FaultFleet
    manifest: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[str, dict[str, str]] = field(default_factory=dict)
    token: dict[str, str] = field(default_factory=dict)
    activation: dict[tuple[str, str], str] = field(default_factory=dict)
    steps: dict[str, list[Step]] = field(default_factory=dict)

    @classmethod
    def made(cls, fleet: FaultFleet) -> AgentBench:
        """Make the new release and the situations; record the steps of every command on the first host."""
        bench = cls(fleet=fleet)
        fleet.fleet.each(bench._release)
        fleet.fleet.each(bench._situations)
        for label in (STAGED, PENDING, OVER, TORN):
            fleet.fleet.kept.add(label)
        trees, header = {}, {}
        for host in fleet.names:
            trees[host], header[host] = bench._as_new(host)
        fleet.known[NEW] = Known(release=RELEASE, trees=trees, header=header)
        for command in COMMANDS:
            bench.steps[command.name] = bench.record(fleet.names[0], command)
        fleet.restore()
        return bench

    # --- situations

    def _release(self, host: str) -> None:
        """The old release with another header, a file in a new directory, and one link less."""
        current = self.fleet.look(host)["state"]["current"]
        old = self.ask(host, "read", release=current)["entries"]
        digests = [entry["sha256"] for entry in old.values() if entry["kind"] == "file"]
        content = self.ask(host, "content", sha256=digests)["content"]
        entries, objects = dict(old), {}

        def put(path: str, data: bytes, like: dict[str, Any]) -> None:
            sha256 = hashlib.sha256(data).hexdigest()
            entries[path] = {**like, "sha256": sha256, "size": len(data)}
            objects[sha256] = base64.b64encode(data).decode()

        changed = next(
            path for path in sorted(old) if path.endswith("/security-headers.conf") and "sha256" in old[path]
        )
        text = base64.b64decode(content[old[changed]["sha256"]])
        put(changed, text + f"Header always set {HEADER} \"default-src 'none'\"\n".encode(), old[changed])
        put(f"{self.fleet.lab.host(host).layout.www_root}/fresh/deep/page.html", b"new\n", old[changed])
        for sha256 in digests:
            objects.setdefault(sha256, content[sha256])
        wanted = {entry["sha256"] for entry in entries.values() if entry["kind"] == "file"}
        self.objects[host] = {sha256: data for sha256, data in objects.items() if sha256 in wanted}
        self.manifest[host] = {
            "schema": 1,
            "release": RELEASE,
            "tree": hashlib.sha256(canonical(entries)).hexdigest(),
            "created": "2030-01-01T00:00:00Z",
            "provenance": {},
            "entries": entries,
        }

    def _situations(self, host: str) -> None:
        self.token[host] = self.ask(host, "prepare", **agent_commands.prepare(self, host))["token"]
        self.ask(host, "preflight", **agent_commands.preflight(self, host))
        self._keep(host, STAGED)
        for label, window in ((PENDING, 36_000.0), (OVER, SOON)):
            self.enter(host, STAGED)
            done = self.ask(host, "activate", **agent_commands.activate(self, host, window=window))
            self._alone(host)
            assert self.fleet.look(host)["state"]["pending"], "its dead-man was faster; this machine is too slow"
            self.activation[label, host] = done["activation"]
            self._keep(host, label)
        over = time.monotonic() + SOON
        self.enter(host, STAGED)
        activation = next(one for one in COMMANDS if one.name == "activate")
        switch = [one for one in self.record(host, activation) if one.name in ("renameat2", "renameat", "rename")]
        live = [one for one in switch if ".ht.safedeploy" in one.about]
        self.enter(host, STAGED)
        log, _ = self.run(host, activation, killed_at(live[len(live) // 2]))
        assert was_hit(log), log[-500:]
        self._alone(host)
        self._keep(host, TORN)
        time.sleep(max(0.0, over - time.monotonic()))

    def _as_new(self, host: str) -> tuple[Any, Any]:
        self.enter(host, PENDING)
        return self.fleet.lab.snapshot(host), policy_header(self.fleet.lab.host(host))

    def enter(self, host: str, situation: str) -> None:
        """Put a host into a situation, and wait until it serves."""
        if self.fleet.lab.running(host):
            self._alone(host)
        self.fleet.fleet._restore(host, self.fleet.label if situation == PUSHED else situation)

    def _alone(self, host: str) -> None:
        self.fleet.fleet.shell(host, KILL_AGENTS)

    def _keep(self, host: str, label: str) -> None:
        fleet = self.fleet.fleet
        fleet.shell(host, f"tar -cpf {fleet._archive(host, label)} {fleet._places(host)}")

    # --- doing

    def ask(self, host: str, command: str, **request: Any) -> dict[str, Any]:
        """A command that must succeed."""
        reply = self.fleet.agent(host, command, **request)
        assert reply["ok"], reply
        return reply["result"]

    def run(self, host: str, command: Command, inject: list[str]) -> tuple[str, dict[str, Any] | None]:
        """Run a command under strace; the trace, and its reply if there was one."""
        current = f"{self.fleet.lab.host(host).layout.state_dir}/agent/current"
        words = command.words(self, host) if command.words else [command.program]
        request = command.request(self, host) if command.request else {}
        done = self.fleet.lab.exec(
            host,
            [*STRACE, *inject, HOST_PYTHON, "-I", "-S", current, *words],
            content=json.dumps({"site": self.fleet.site, **request}).encode(),
        )
        try:
            reply = json.loads(done.stdout)
        except ValueError:
            reply = None
        return done.stderr.decode(errors="replace"), reply

    def record(self, host: str, command: Command) -> list[Step]:
        """The steps of an undisturbed command."""
        self.enter(host, command.before)
        log, _ = self.run(host, command, [])
        layout = self.fleet.lab.host(host).layout
        return steps(log, (layout.state_dir, layout.server_root, layout.www_root))

    def plan(self, share: int = 1) -> Iterator[Chosen]:
        """Every injection, or every `share`-th of each fault, spread over commands and steps."""
        number = 0
        for fault in FAULTS:
            for command in COMMANDS:
                for step in self.steps[command.name]:
                    if not fault.fits(step):
                        continue
                    number += 1
                    if number % (share * fault.seldom) == 0:
                        yield Chosen(command=command, step=step, fault=fault)

    def inject(self, host: str, one: Chosen) -> Outcome:
        """Make one injection on a host, have it settled, and judge the host."""
        began = time.monotonic()
        command = one.command
        self.enter(host, command.before)
        if command.name == "boot":
            self.fleet.lab.kill_httpd(host)
        log, reply = self.run(host, command, one.fault.words(one.step))
        hit = time.monotonic()
        injection = one.injection(host)
        if not was_hit(log):
            return Outcome(injection=injection, reached=False, note=log[-300:])
        found = [*self._truth(host, command, reply)]
        self.fleet.fleet.shell(host, TRIED)
        one.fault.then(self.fleet.lab, host)
        if command.name == "boot":
            self.fleet.lab.exec(host, ["apache2ctl", "start"])
        found += self._settled(host, command, one)
        recovery = round(time.monotonic() - hit, 2)
        judged = host_violations(self.fleet, host)
        found += judged.violations
        if judged.end not in command.ends | {"stranded"} or (judged.end == "stranded" and one.fault.kills):
            found.append(Violation(host=host, what=f"it ended on {judged.end}", detail=str(reply)[:300]))
        return Outcome(
            injection=injection,
            violations=tuple(found),
            ends={host: judged.end},
            recovery=recovery,
            seconds=round(time.monotonic() - began, 2),
            note=f"{one.step.about} | {str(reply)[:600]}" if found else "",
        )

    def _truth(self, host: str, command: Command, reply: dict[str, Any] | None) -> Iterator[Violation]:
        """What the program answered is so."""
        if reply is None:
            return
        seen = self.fleet.look(host)
        state, code = seen["state"], (reply.get("error") or {}).get("code")
        if reply["ok"] and command.name == "activate" and not (state["pending"] or {}).get("complete"):
            yield Violation(host=host, what="an activation is said to be done and is not", detail=str(state["pending"]))
        if reply["ok"] and command.name == "confirm" and state["known_good"] != RELEASE:
            yield Violation(host=host, what="a confirmation is said to be done and is not")
        if reply["ok"] and command.name in ("revert", "recovery") and (state["pending"] or seen["journal"]):
            yield Violation(host=host, what="a revert is said to be done and is not")
        if code == "reverted" and (state["pending"] or seen["journal"]):
            yield Violation(host=host, what="it says reverted and is not", detail=str(reply)[:300])
        if code == "stranded" and not state["stranded"]:
            yield Violation(host=host, what="it says stranded, and its record does not", detail=str(reply)[:300])

    def _settled(self, host: str, command: Command, one: Chosen) -> Iterator[Violation]:
        """What the control machine does afterwards, after the dead-man has had its chance where one stands guard."""
        if command.name == "activate" and one.step.number % 2 and self._dead_man_has_acted(host) is False:
            yield Violation(host=host, what="the dead-man has not acted in time")
        pending = (self.fleet.look(host)["state"] or {}).get("pending")
        key = {"key": KEY} if command.name == "prepare" else {"token": self.token[host]}
        if pending:
            self.fleet.agent(
                host, "revert", run="settle", actor="the control machine", activation=pending["activation"], **key
            )
        elif command.name != "prepare":
            self.fleet.agent(host, "renew", **key)
        self.fleet.agent(host, "release-lease", **key)
        self._gone(host)

    def _dead_man_has_acted(self, host: str) -> bool | None:
        """None when there is none to wait for."""
        seen = self.fleet.look(host)
        if not any(" dead-man " in one["line"] for one in seen["processes"]):
            return None
        until = time.monotonic() + WINDOW + GRACE
        while time.monotonic() < until:
            seen = self.fleet.look(host)
            if not seen["journal"] and not (seen["state"] or {}).get("pending"):
                return True
            time.sleep(0.1)
        return False

    def _gone(self, host: str) -> None:
        """Give a dead-man whose activation is decided the time to see that: it looks twice a second."""
        until = time.monotonic() + GRACE
        while time.monotonic() < until and any(
            " dead-man " in one["line"] for one in self.fleet.look(host)["processes"]
        ):
            time.sleep(0.1)
