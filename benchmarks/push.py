"""A whole push, host by host, against the plain pipelined Ansible playbook that does the same; one run, ratios.

    python benchmarks/push.py [--hosts 20] [--runs 3] [--json FILE]

Needs what a lab in namespaces needs (root). Both sides change the same files of the same hosts by turns, so that a
noisy machine is noisy for both. The playbook in benchmarks/plain/ does no preflight, keeps no release and reverts
nothing when the connection is lost: it is the floor of what people do today, not an equal.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import fleet

BIN = Path(sys.executable).parent


def main() -> None:
    """Start the fleet, measure, show."""
    asked = fleet.arguments(__doc__.splitlines()[0], hosts=20, runs=3)
    with fleet.running(asked.hosts) as (_, project):
        fleet.without_bake(project)
        shutil.copy(fleet.ROOT / "benchmarks/plain/site.yml", project)
        figures = _measure(project, asked.runs)
    figures |= {"hosts": asked.hosts, "runs": asked.runs}
    _show(figures)
    fleet.written(figures, asked.json)


def _measure(project: Path, runs: int) -> dict[str, object]:
    _safedeploy(project, "push", "lab", "--yes")  # adopt first: an everyday push is what is measured
    taken: dict[str, list[float]] = {"safedeploy": [], "plain": [], "plan": [], "plain_check": []}
    for number in range(runs):
        _change(project, f"safedeploy {number}")
        taken["plan"].append(_timed(_safedeploy, project, "plan", "lab"))
        taken["safedeploy"].append(_timed(_safedeploy, project, "push", "lab", "--yes"))
        _change(project, f"plain {number}")
        taken["plain_check"].append(_timed(_plain, project, "--check", "--diff"))
        taken["plain"].append(_timed(_plain, project))
        if number < runs - 1:
            _safedeploy(project, "push", "lab", "--yes")  # take the playbook's change into a release, unmeasured
    return {"seconds": taken, "median": {name: statistics.median(values) for name, values in taken.items()}}


def _change(project: Path, mark: str) -> None:
    template = project / "templates" / "vhost.conf.j2"
    lines = [line for line in template.read_text().splitlines() if not line.startswith("# benchmark:")]
    template.write_text("\n".join([*lines, f"# benchmark: {mark}", ""]))


def _timed(call: object, *arguments: object) -> float:
    began = time.monotonic()
    call(*arguments)  # type: ignore[operator]
    return time.monotonic() - began


def _safedeploy(project: Path, *arguments: str) -> None:
    _run([str(BIN / "safedeploy"), "-C", str(project), *arguments], project)


def _plain(project: Path, *arguments: str) -> None:
    _run([str(BIN / "ansible-playbook"), "-i", "inventories/lab", "site.yml", *arguments], project)


def _run(command: list[str], directory: Path) -> None:
    environment = {**os.environ, "ANSIBLE_PIPELINING": "True", "ANSIBLE_HOST_KEY_CHECKING": "True"}
    began = time.monotonic()
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    print(f"{time.monotonic() - began:7.1f} s  {' '.join(command[:4])}", file=sys.stderr)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed ({done.returncode}):\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


def _show(figures: dict[str, object]) -> None:
    median, hosts = figures["median"], figures["hosts"]
    assert isinstance(median, dict)
    assert isinstance(hosts, int)
    print(f"{hosts} hosts, host by host, median of {figures['runs']} runs")
    print(f"{'':34}{'whole':>10}{'per host':>10}")
    for name, text in (
        ("safedeploy", "safedeploy push"),
        ("plain", "ansible-playbook, pipelined"),
        ("plan", "safedeploy plan"),
        ("plain_check", "ansible-playbook --check --diff"),
    ):
        print(f"{text:34}{median[name]:8.1f} s{median[name] / hosts:8.2f} s")
    print(f"the playbook takes {median['plain'] / median['safedeploy']:.1f} times as long as the push")
    print(f"its --check takes {median['plain_check'] / median['plan']:.1f} times as long as the plan")


if __name__ == "__main__":
    main()
