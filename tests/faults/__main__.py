"""`scripts/faults`: make the injections, judge them, and write down what was found."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.e2e.project import Project
from tests.faults.agent_bench import AgentBench
from tests.faults.agent_run import outcomes
from tests.faults.choice import plan
from tests.faults.faults import FAULTS
from tests.faults.fleet import NEW, THIRD, FaultFleet, started
from tests.faults.injecting import Bench, inject
from tests.faults.records import Outcome, document

EVERY = 1_000_000  # more steps than any run has


def options(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__)
    parser.add_argument("--full", action="store_true", help="every column at many steps, not one or two")
    parser.add_argument("--each", type=int, default=0, help="injections for each column (default: 2, with --full 8)")
    parser.add_argument("--only", default="", help="columns and rows whose name contains this")
    parser.add_argument(
        "--kind", choices=("all", "run", "agent"), default="all", help="whole pushes, or single commands"
    )
    parser.add_argument("--json", type=Path, help="write injections, violations and recovery times there")
    parser.add_argument("-j", type=int, default=1, help="fleets at the same time")
    parser.add_argument("--after", type=Path, nargs="*", default=[], help="leave out what these files have as fine")
    parser.add_argument("--again", type=Path, nargs="*", default=[], help="only what these files have as a violation")
    parser.add_argument("--part", default="0/1", help=argparse.SUPPRESS)
    parser.add_argument("--list", action="store_true", help="name the injections that would be made, make none")
    return parser.parse_args(words)


def work(part: int, parts: int, asked: argparse.Namespace) -> Iterator[Outcome]:
    """Make every `parts`-th injection on a fleet of one's own."""
    with started(f"faults-{os.getpid()}") as (fleet, project), tempfile.TemporaryDirectory() as scratch:
        if asked.kind != "run":
            yield from single_commands(fleet, part, parts, asked)
        if asked.kind == "agent":
            return
        rival = Project(_made(Path(scratch, "rival")), project.environ)
        rival.variables(content_security_policy="default-src 'none'")
        rival.without_shadow()
        project.second_release()
        bench = Bench.made(fleet, project, rival, Path(scratch))
        fleet.learn(NEW, project)
        fleet.learn(THIRD, rival)
        rows = bench.record()
        chosen = plan(FAULTS, rows, fleet.names, EVERY if asked.again else _each(asked))
        if asked.again:
            again = {one.injection.name for one in read(asked.again) if one.violations}
            chosen = [one for one in chosen if one.injection.name in again]
        chosen = [one for one in chosen if asked.only in f"{one.fault.column} {one.row.host}: {one.row.point}"]
        done = {one.injection.name for one in read(asked.after) if one.reached and not one.violations}
        for one in chosen[part::parts]:
            if one.injection.name in done:
                continue
            if asked.list:
                say(f"{one.fault.column:28} {one.row.host or 'control':8} {one.row.point}  {one.row.about}")
                continue
            try:
                yield shown(inject(bench, one)[0])
            except Exception:  # noqa: BLE001 - it proves nothing, and the others are still to be made
                say(f"not made: {one.fault.column}, {one.row.host or 'control'}: {one.row.point}")
                traceback.print_exc()


def single_commands(fleet: FaultFleet, part: int, parts: int, asked: argparse.Namespace) -> Iterator[Outcome]:
    """The part of the matrix that hits single commands of the on-host program."""
    bench = AgentBench.made(fleet)
    done = {one.injection.name for one in read(asked.after) if one.reached and not one.violations}
    chosen = [one for one in bench.plan(1 if asked.full else 30) if asked.only in one.injection("").name]
    chosen = [one for one in chosen[part::parts] if not done & {one.injection(host).name for host in fleet.names}]
    if asked.list:
        for one in chosen:
            say(f"{one.fault.column:36} {one.command.name}: {one.step.point}  {one.step.about}")
        return
    yield from map(shown, outcomes(fleet, chosen, bench))


def read(files: Sequence[Path]) -> list[Outcome]:
    """What earlier runs wrote down."""
    return [Outcome.from_json(one) for file in files for one in json.loads(file.read_text())["outcomes"]]


def _each(asked: argparse.Namespace) -> int:
    return asked.each or (8 if asked.full else 2)


def shown(outcome: Outcome) -> Outcome:
    """Say how one ended."""
    how = "not reached" if not outcome.reached else "VIOLATED" if outcome.violations else "ok"
    ends = " ".join(f"{host}={end}" for host, end in outcome.ends.items())
    say(f"{how:11} {outcome.seconds:5.1f} s  {outcome.injection.name}  {ends} code={outcome.code} {outcome.recovery}")
    for one in outcome.violations:
        say(f"    {one.host or 'control'}: {one.what}: {one.detail}")
    if outcome.violations and outcome.note:
        say("    | " + outcome.note.replace("\n", "\n    | "))
    return outcome


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


def side_by_side(asked: argparse.Namespace) -> list[Outcome]:
    """`-j` processes, each with a fleet of its own; ended with this one."""
    words = ["--each", str(asked.each or _each(asked)), "--only", asked.only, *(["--list"] if asked.list else [])]
    words += ["--kind", asked.kind, *(["--full"] if asked.full else [])]
    words += ["--again", *map(str, asked.again)] if asked.again else []
    words += ["--after", *map(str, asked.after)] if asked.after else []
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        files = [Path(scratch, str(part)) for part in range(asked.j)]
        children = []
        for part, file in enumerate(files):
            own = ["--part", f"{part}/{asked.j}", "--json", str(file)]
            child = subprocess.Popen([sys.executable, "-m", "tests.faults", *words, "-j", "1", *own])
            stack.callback(child.wait)
            stack.callback(child.terminate)
            children.append(child)
        for child in children:
            child.wait()
        return read([file for file in files if file.exists()])


def main() -> int:
    # A shell starts background jobs with SIGINT ignored, and the runs would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    asked = options()
    began, day = time.monotonic(), datetime.now(UTC)
    outcomes: list[Outcome] = []

    def told() -> dict[str, Any]:
        about = {
            "began": day.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - began, 1),
            "machine": f"{os.cpu_count()} processors, Linux {platform.release()}, Python {platform.python_version()}",
            "fleets": asked.j,
        }
        return document(outcomes, about)

    if asked.j > 1:
        outcomes += side_by_side(asked)
    else:
        part, parts = map(int, asked.part.split("/"))
        for outcome in work(part, parts, asked):
            outcomes.append(outcome)
            if asked.json:  # after each, so that an interrupted run has told what it found
                asked.json.write_text(json.dumps(told(), indent=1) + "\n")
    if asked.json:
        asked.json.write_text(json.dumps(told(), indent=1) + "\n")
    last = told()
    say(f"{last['injections']} injections, {last['violations']} violations, {last['not_reached']} steps not reached")
    return 1 if last["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
