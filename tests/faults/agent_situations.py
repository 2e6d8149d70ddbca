"""Hosts in each of the situations of `agent_commands`, and commands of the on-host program under strace.

bench = Situations.made(FaultFleet(fleet))     # the fleet is on a release; another one is made from it
bench.enter("web1", PENDING)                   # made when it is first needed, and restored afterwards
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Self

from safedeploy.core.tree import canonical
from safedeploy.lab.host_process import HOST_PYTHON
from tests.faults import agent_commands
from tests.faults.agent_commands import COMMANDS, OVER, PENDING, PUSHED, STAGED, TORN, Command
from tests.faults.fleet import NEW, FaultFleet, Known
from tests.faults.serving import HEADER, policy_header
from tests.faults.syscalls import FOLLOWED, Step, killed_at, steps, was_hit

SOON = 10.0
STRACE = ("strace", "-y", "-s", "300", "-e", f"trace={','.join(FOLLOWED)}")
RELEASE = "feedfacecafe"
KILL_AGENTS = (
    "for p in /proc/[0-9]*; do grep -qzE '[.]pyz$|agent/current$' $p/cmdline 2>/dev/null && kill -9 ${p#/proc/};"
    " done; true"
)


@dataclass(kw_only=True)
class Situations:
    """A fleet whose hosts can be put into each of the situations of `agent_commands`."""

    fleet: FaultFleet
    manifest: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[str, dict[str, str]] = field(default_factory=dict)
    token: dict[str, str] = field(default_factory=dict)
    activation: dict[tuple[str, str], str] = field(default_factory=dict)
    steps: dict[str, list[Step]] = field(default_factory=dict)
    kept: set[tuple[str, str]] = field(default_factory=set)
    lock: Any = field(default_factory=threading.RLock)

    @classmethod
    def made(cls, fleet: FaultFleet) -> Self:
        """Make the new release. Situations and lists of steps are made when they are first needed."""
        bench = cls(fleet=fleet)
        fleet.fleet.each(bench._release)
        fleet.fleet.each(lambda host: bench.enter(host, PENDING))
        trees = fleet.fleet.trees()
        header = fleet.fleet.each(lambda host: policy_header(fleet.lab.host(host)))
        fleet.known[NEW] = Known(release=RELEASE, trees=trees, header=header)
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

    def enter(self, host: str, situation: str) -> None:
        """Put a host into a situation, and wait until it serves."""
        if self.fleet.lab.running(host):
            self._alone(host)
        if situation == PUSHED:
            self.fleet.fleet._restore(host, self.fleet.label)
            return
        if (host, situation) not in self.kept:
            MAKE[situation](self, host)
            self._alone(host)
            self._keep(host, situation)
            self.kept.add((host, situation))
        else:
            self.fleet.fleet._restore(host, situation)

    def ready(self, host: str, command: Command) -> None:
        """Everything is as it is when the command is given."""
        self.enter(host, command.before)
        if command.name == "boot":
            self.fleet.lab.kill_httpd(host)

    def _staged(self, host: str) -> None:
        self.enter(host, PUSHED)
        self.token[host] = self.ask(host, "prepare", **agent_commands.prepare(self, host))["token"]
        self.ask(host, "preflight", **agent_commands.preflight(self, host))

    def _pending(self, host: str) -> None:
        self.activation[PENDING, host] = self._activated(host, 36_000)

    def _over(self, host: str) -> None:
        self.activation[OVER, host] = self._activated(host, SOON)
        time.sleep(SOON)

    def _activated(self, host: str, window: float) -> str:
        self.enter(host, STAGED)
        done = self.ask(host, "activate", **agent_commands.activate(self, host, window=window))
        self._alone(host)
        assert self.fleet.look(host)["state"]["pending"], "its dead-man was faster; this machine is too slow"
        return done["activation"]

    def _torn(self, host: str) -> None:
        activation = next(one for one in COMMANDS if one.name == "activate")
        live = [one for one in self.steps_of(activation) if ".ht.safedeploy" in one.about and "rename" in one.name]
        self.enter(host, STAGED)
        log, _ = self.run(host, activation, killed_at(live[len(live) // 2]))
        assert was_hit(log), log[-500:]

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

    def run(
        self, host: str, command: Command, inject: list[str], *, until: float = 0
    ) -> tuple[str, dict[str, Any] | None]:
        """Run a command under strace; the trace, and its reply if there was one. After `until` seconds it goes on
        without strace, which is when an injected error ends."""
        current = f"{self.fleet.lab.host(host).layout.state_dir}/agent/current"
        words = command.words(self, host) if command.words else [command.program]
        request = command.request(self, host) if command.request else {}
        done = self.fleet.lab.exec(
            host,
            [
                *(["timeout", "-s", "KILL", f"{until:g}"] if until else []),
                *STRACE,
                *inject,
                HOST_PYTHON,
                "-I",
                "-S",
                current,
                *words,
            ],
            content=json.dumps({"site": self.fleet.site, **request}).encode(),
        )
        return done.stderr.decode(errors="replace"), _reply(done.stdout)

    def steps_of(self, command: Command) -> list[Step]:
        """The steps of an undisturbed command, the same on every host."""
        with self.lock:
            if command.name not in self.steps:
                host = self.fleet.names[0]
                self.ready(host, command)
                log, _ = self.run(host, command, [])
                layout = self.fleet.lab.host(host).layout
                self.steps[command.name] = steps(log, (layout.state_dir, layout.server_root, layout.www_root))
            return self.steps[command.name]


MAKE = {STAGED: Situations._staged, PENDING: Situations._pending, OVER: Situations._over, TORN: Situations._torn}


def _reply(said: bytes) -> dict[str, Any] | None:
    """What was said last, if it is a reply: a command that is to tell says something before it."""
    try:
        reply: dict[str, Any] = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        return None
    return reply if "ok" in reply else None
