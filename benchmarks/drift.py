"""`safedeploy drift` of a whole fleet against `ansible-playbook --check --diff` of the plain playbook; one run, ratios.

    python benchmarks/drift.py [--hosts 20] [--runs 3] [--json FILE]

Needs what a lab in namespaces needs (root). Both look at the same hosts by turns, so that a noisy machine is noisy for
both. Some of the hosts have a hand edit, which both must find. The playbook is measured as it stands (`serial: 1`), and
once more with all hosts at a time, which is what a team that only checks would do.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import fleet

from safedeploy.lab import Lab

BIN = Path(sys.executable).parent
EDIT = "# edited at three in the morning"
EDITED = "/etc/apache2/sites-available/app.conf"
NAMES = {
    "drift": "safedeploy drift",
    "serial": "ansible-playbook --check --diff",
    "at_once": "the same, all hosts at a time",
}


def main() -> None:
    """Start the fleet, measure, show."""
    asked = fleet.arguments(__doc__.splitlines()[0], hosts=20, runs=3)
    with fleet.running(asked.hosts) as (lab, project):
        _prepare(project)
        figures = _measure(project, lab, asked.runs)
    figures |= {"hosts": asked.hosts, "runs": asked.runs}
    _show(figures)
    fleet.written(figures, asked.json)


def _prepare(project: Path) -> None:
    """The plain playbook beside the project: as it is, and for all hosts at a time."""
    # Nobody waits for these pushes to be safe: they only make what is looked at.
    fleet.without_bake(project)
    path = project / "safedeploy.yml"
    settings = path.read_text().replace("batches: [1, 1]", 'batches: ["100%"]')
    path.write_text(settings.replace("    ssh:", "    preflight: {shadow: false}\n    ssh:"))
    playbook = (fleet.ROOT / "benchmarks/plain/site.yml").read_text()
    (project / "serial.yml").write_text(playbook)
    (project / "at_once.yml").write_text(
        "".join(line for line in playbook.splitlines(True) if not line.startswith("  serial:"))
    )


def _measure(project: Path, lab: Lab, runs: int) -> dict[str, object]:
    _run([str(BIN / "safedeploy"), "-C", str(project), "push", "lab", "--yes", "--no-diff"], project)
    edited = [host.name for host in lab.hosts][::7]
    for host in edited:
        lab.exec(host, ["/bin/sh", "-c", f"echo '{EDIT}' >> {EDITED}"])
    taken: dict[str, list[float]] = {name: [] for name in NAMES}
    for _ in range(runs):
        taken["drift"].append(_drift(project, edited))
        taken["at_once"].append(_check(project, "at_once", len(edited), len(lab.hosts)))
        taken["drift"].append(_drift(project, edited))
        taken["serial"].append(_check(project, "serial", len(edited), 1))
    return {"seconds": taken, "median": {name: statistics.median(values) for name, values in taken.items()}}


def _drift(project: Path, edited: list[str]) -> float:
    began = time.monotonic()
    done = _run([str(BIN / "safedeploy"), "-C", str(project), "drift", "lab", "--json"], project, expected=8)
    took = time.monotonic() - began
    items = json.loads(done)["items"]
    found = {(one["host"], one["path"]) for one in items if one["kind"] == "edited"}
    if found != {(host, EDITED) for host in edited}:
        sys.exit(f"drift found something else than what was edited: {items}")
    return took


def _check(project: Path, name: str, edited: int, forks: int) -> float:
    began = time.monotonic()
    line = [
        str(BIN / "ansible-playbook"),
        "-i",
        "inventories/lab",
        f"{name}.yml",
        "--check",
        "--diff",
        f"--forks={forks}",
    ]
    said = _run(line, project)
    took = time.monotonic() - began
    if said.count(f"-{EDIT}") != edited:
        sys.exit(f"the playbook found {said.count(f'-{EDIT}')} edits, not {edited}")
    return took


def _run(command: list[str], directory: Path, expected: int = 0) -> str:
    environment = {**os.environ, "ANSIBLE_PIPELINING": "True", "ANSIBLE_HOST_KEY_CHECKING": "True"}
    began = time.monotonic()
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    print(f"{time.monotonic() - began:7.1f} s  {' '.join(Path(word).name for word in command[:5])}", file=sys.stderr)
    if done.returncode != expected:
        sys.exit(f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def _show(figures: dict[str, object]) -> None:
    median, hosts, seconds = figures["median"], figures["hosts"], figures["seconds"]
    assert isinstance(median, dict)
    assert isinstance(seconds, dict)
    assert isinstance(hosts, int)
    print(f"{hosts} hosts, median of {figures['runs']} runs")
    for name, text in NAMES.items():
        each = ", ".join(f"{value:.1f}" for value in seconds[name])
        times = f"{median[name] / median['drift']:8.1f} times" if name != "drift" else ""
        print(f"{text:34}{median[name]:8.1f} s{times}   ({each})")


if __name__ == "__main__":
    main()
