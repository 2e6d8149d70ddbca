"""Faults in one command of the on-host program on a real host, with a real Apache, straight at the program.

    bench = AgentBench.made(FaultFleet(fleet))     # the fleet is on a release; another one is made from it
    for one in bench.plan():                       # steps found with strace, the faults that each can have
        outcome = bench.inject("web1", one)

The lease of the interrupted command's run is given back afterwards, and what it had pending is taken back, as the
control machine does; or the dead-man, or the boot guard, has done it before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.faults.agent_commands import COMMANDS, KEY, PUSHED, WINDOW, Command
from tests.faults.agent_faults import FAULTS, AgentFault
from tests.faults.agent_situations import RELEASE, Situations
from tests.faults.oracle import host_violations
from tests.faults.records import Injection, Outcome, Violation
from tests.faults.syscalls import Step, was_hit

GRACE = 3.0
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


class AgentBench(Situations):
    """Makes injections, has them settled, and judges the hosts."""

    def plan(self, share: int = 1) -> Iterator[Chosen]:
        """Every injection, or every `share`-th of each fault, spread over commands and steps."""
        number = 0
        for fault in FAULTS:
            for command in COMMANDS:
                for step in self.steps_of(command):
                    if not fault.fits(step):
                        continue
                    number += 1
                    if number % (share * fault.seldom) == 0:
                        yield Chosen(command=command, step=step, fault=fault)

    def inject(self, host: str, one: Chosen) -> Outcome:
        """Make one injection on a host, have it settled, and judge the host."""
        began = time.monotonic()
        command = one.command
        self.ready(host, command)
        keeps_trying = command.name == "dead-man" and not one.fault.kills
        log, reply = self.run(host, command, one.fault.words(one.step), until=2 * WINDOW if keeps_trying else 0)
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
        waits = (command.name == "activate" and one.step.number % 2) or command.name == "dead-man"
        if waits and self._dead_man_has_acted(host) is False:
            yield Violation(host=host, what="the dead-man has not acted in time")
        pending = (self.fleet.look(host)["state"] or {}).get("pending")
        key = {"key": KEY} if command.before == PUSHED else {"token": self.token[host]}
        if pending:
            self.fleet.agent(
                host, "revert", run="settle", actor="the control machine", activation=pending["activation"], **key
            )
        elif command.before != PUSHED:
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
