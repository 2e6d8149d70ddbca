"""safedeploy beside other ways to do the same: by turns, in one run, on the same hosts, near and at a distance.

    python benchmarks/side_by_side.py [--hosts 5,20,50] [--distances 0,40] [--at-a-time 1,25%] [--runs 3]
        [--only safedeploy,cold] [--peers DIR] [--json FILE]

Needs what a lab in namespaces needs (root). Each figure is the median of the runs. `--peers` is an environment with
mitogen and pyinfra (`python -m venv DIR && DIR/bin/pip install 'ansible-core>=2.19,<2.20' mitogen pyinfra`), without
which those are left out. What goes to a host is counted at a distance only. docs/performance.md has tables and method.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fleet
from beside import cost, scene
from beside.peers import COMPARING, NEED_PEERS, PUSHES, READS, Peer, Setting

from safedeploy.lab import Lab

_SHOWN = 0.05  # seconds; a phase without work is no news


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be measured."""

    hosts: tuple[int, ...]
    distances: tuple[int, ...]
    at_a_time: tuple[str, ...]
    runs: int
    only: frozenset[str]
    peers: Path | None

    def has(self, peer: Peer) -> bool:
        """Whether this peer is asked for, and there."""
        asked = not self.only or peer.name in self.only
        return asked and (self.peers is not None or peer.name not in NEED_PEERS)


def main() -> None:
    """Measure, show, and write."""
    wanted, path = _arguments()
    rows: list[dict[str, Any]] = []
    for number in wanted.hosts:
        with fleet.running(number) as (lab, project):
            fleet.without_bake(project)
            shutil.copy(fleet.ROOT / "benchmarks/plain/site.yml", project)
            cost.adopt_orphans()
            for distance in wanted.distances:
                rows += _at(wanted, lab, project, distance)
        cost.end_orphans()
    document = {"cores": os.cpu_count(), "load": os.getloadavg(), "runs": wanted.runs, "rows": rows}
    fleet.written(document, path)


def _at(wanted: Wanted, lab: Lab, project: Path, distance: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    own = cost.children()  # the lab's, if they have come to this process
    with scene.at(lab, project, project.parent / f"at-{distance}", distance) as here:
        kept = [*own, *([here.relay.pid] if here.relay else [])]
        for size in wanted.at_a_time:
            at_a_time = _number(size, len(here.hosts))
            setting = Setting(scene=here, at_a_time=at_a_time, peers=wanted.peers)
            _batches(project, at_a_time)
            _settle(here, kept)
            here.fetch()
            pushes = _measured(wanted, setting, PUSHES, kept)
            _show(pushes, f"{len(here.hosts)} hosts, {at_a_time} at a time, {distance} ms", "safedeploy")
            rows += pushes
        if any(wanted.has(peer) for peer in READS if peer.name in COMPARING):
            _settle(here, kept)
        reads = _measured(wanted, setting, READS, kept)
        _show(reads, f"{len(here.hosts)} hosts, reads, {distance} ms", "bare")
        rows += reads
    return rows


def _settle(here: scene.Scene, kept: Sequence[int]) -> None:
    """Have safedeploy take what others have changed into a release, unmeasured."""
    program = Path(sys.executable).parent / "safedeploy"
    cost.of([program, "-C", here.project, "push", "lab", "--yes"], here.work, {}, kept)


def _measured(wanted: Wanted, setting: Setting, peers: Sequence[Peer], kept: Sequence[int]) -> list[dict[str, Any]]:
    here = setting.scene
    measured: dict[str, list[dict[str, Any]]] = {peer.name: [] for peer in peers if wanted.has(peer)}
    for number in range(wanted.runs):
        for peer in peers:
            if peer.name not in measured:
                continue
            if peers is PUSHES:
                if peer.name == "safedeploy" and number:
                    _settle(here, kept)
                here.change(f"{peer.name} {setting.at_a_time} {here.distance} {number}")
            peer.prepare(setting)
            here.counted()
            found = cost.of(peer.command(setting), here.project, peer.environ(setting), kept)
            measured[peer.name].append(_figures(found, here.counted(), len(here.hosts)))
    row = {"hosts": len(here.hosts), "distance": here.distance, "at_a_time": setting.at_a_time}
    return [
        {**row, "peer": peer.name, "text": peer.text, "runs": measured[peer.name], **_median(measured[peer.name])}
        for peer in peers
        if peer.name in measured
    ]


def _figures(found: cost.Cost, counted: dict[str, dict[str, int]], hosts: int) -> dict[str, Any]:
    """One run; `per_host` is what went over the network, where that was counted."""
    total = {key: sum(one[key] for one in counted.values()) for key in ("connections", "round_trips", "bytes")}
    return {
        "seconds": round(found.seconds, 2),
        "cpu": round(found.cpu, 2),
        "memory_mib": round(found.memory / 1024),
        "parts": _parts(found.output),
        "per_host": {key: round(value / hosts, 1) for key, value in total.items()} if counted else {},
    }


def _parts(output: str) -> dict[str, float]:
    """The seconds of each phase, which a push tells in its JSON; others say nothing of the kind."""
    start = output.find('{"') if output.startswith("{") else output.find("\n{")
    if start < 0:
        return {}
    try:
        document, _ = json.JSONDecoder().raw_decode(output[start:].lstrip())
    except ValueError:
        return {}
    return {name: seconds for name, seconds in (document.get("seconds") or {}).items() if seconds >= _SHOWN}


def _median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        key: statistics.median(run[key] for run in runs) for key in ("seconds", "cpu", "memory_mib")
    }
    for group in ("parts", "per_host"):
        names = dict.fromkeys(name for run in runs for name in run[group])
        found[group] = {name: round(statistics.median(run[group].get(name, 0) for run in runs), 3) for name in names}
    return found


def _show(rows: list[dict[str, Any]], title: str, base: str) -> None:
    """A table, if anything was measured; `ratio` is how many times as long as `base` each took."""
    if not rows:
        return
    first = next((row["seconds"] for row in rows if row["peer"] == base), None)
    print(f"\n{title}")
    print(f"{'':30}{'whole':>10}{'per host':>10}{'ratio':>8}{'CPU':>9}{'memory':>10}{'trips':>8}{'KiB':>8}")
    for row in rows:
        ratio = f"{row['seconds'] / first:.2f}" if first else ""
        counted = row["per_host"]
        trips = f"{counted['round_trips']:.0f}" if counted else ""
        sent = f"{counted['bytes'] / 1024:.0f}" if counted else ""
        print(
            f"{row['text']:30}{row['seconds']:8.2f} s{row['seconds'] / row['hosts']:8.2f} s{ratio:>8}"
            f"{row['cpu']:7.2f} s{row['memory_mib']:6.0f} MiB{trips:>8}{sent:>8}"
        )
        if row["parts"]:
            print("  " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in row["parts"].items()))


def _batches(project: Path, at_a_time: int) -> None:
    settings = project / "safedeploy.yml"
    lines = settings.read_text().splitlines()
    changed = [f"      batches: [{at_a_time}]" if line.strip().startswith("batches:") else line for line in lines]
    settings.write_text("\n".join([*changed, ""]))


def _number(size: str, hosts: int) -> int:
    """How many hosts `1` or `25%` of them are."""
    return max(1, hosts * int(size[:-1]) // 100) if size.endswith("%") else int(size)


def _arguments() -> tuple[Wanted, Path | None]:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hosts", default="5,20,50")
    parser.add_argument("--distances", default="0,40", metavar="MS", help="round trips in milliseconds")
    parser.add_argument("--at-a-time", default="1,25%%", help="hosts of a batch, or a share of all")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help=", ".join(peer.name for peer in (*PUSHES, *READS)))
    parser.add_argument("--peers", type=Path, metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    if unknown := set(filter(None, given.only.split(","))) - {peer.name for peer in (*PUSHES, *READS)}:
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    wanted = Wanted(
        hosts=tuple(map(int, given.hosts.split(","))),
        distances=tuple(map(int, given.distances.split(","))),
        at_a_time=tuple(given.at_a_time.replace("%%", "%").split(",")),
        runs=given.runs,
        only=frozenset(filter(None, given.only.split(","))),
        peers=given.peers.absolute() if given.peers else None,
    )
    return wanted, given.json


if __name__ == "__main__":
    main()
