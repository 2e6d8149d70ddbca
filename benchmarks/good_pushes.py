"""Good pushes in a row, under requests of every kind to every site of every host: whether a visitor notices any.

    python benchmarks/good_pushes.py [--pushes 20] [--hosts 3] [--json FILE]

Needs what a lab in namespaces needs (root). Each push changes every virtual host on every host. Visitors use new
connections, kept-alive ones and slow downloads, all the time. Exits with 1 when a push or a request failed.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import fleet

from safedeploy.lab import Lab
from safedeploy.lab.download import DOWNLOADS, files
from safedeploy.lab.kept_alive import KeptAlive
from safedeploy.lab.traffic import NEW, Traffic

PROGRAM = Path(sys.executable).with_name("safedeploy")


def main() -> int:
    """Start the fleet, push, show; the exit code."""
    asked = fleet.arguments(__doc__.splitlines()[0], hosts=3, pushes=20)
    with fleet.running(asked.hosts) as (lab, project):
        figures = _measure(lab, project, asked.pushes)
    _show(figures)
    fleet.written(figures, asked.json)
    return int(bool(figures["failed_pushes"] or figures["failed_requests"]))


def _measure(lab: Lab, project: Path, pushes: int) -> dict[str, object]:
    for host in lab.hosts:
        for path, content in files(host).items():
            lab.put(host.name, path, content)
    _push(project)  # what was there before is adopted; everyday pushes are what is measured
    kept_alive = KeptAlive()
    seconds: list[float] = []
    failed_pushes: list[str] = []
    with Traffic(lab.hosts, lab.certificate, [NEW, kept_alive.kind, DOWNLOADS]) as traffic:
        for number in range(pushes):
            _change(project, number)
            began = time.monotonic()
            done = _push(project)
            seconds.append(time.monotonic() - began)
            if done.returncode:
                failed_pushes.append(done.stdout[-2000:] + done.stderr[-2000:])
            print(f"push {number + 1}: exit {done.returncode}, {seconds[-1]:.1f} s", file=sys.stderr)
    return {
        "hosts": len(lab.hosts),
        "pushes": pushes,
        "failed_pushes": failed_pushes,
        "median_push_seconds": statistics.median(seconds),
        "requests": traffic.by_kind(),
        "requests_on_kept_connections": kept_alive.reused,
        "closed_while_idle": kept_alive.closed,
        "sent_again": kept_alive.again,
        "failed_requests": [f"{one.host} {one.kind} {one.route}: {one.why}" for one in traffic.failures],
    }


def _change(project: Path, number: int) -> None:
    template = project / "templates" / "vhost.conf.j2"
    lines = [line for line in template.read_text().splitlines() if not line.startswith("# benchmark:")]
    template.write_text("\n".join([*lines, f"# benchmark: {number}", ""]))


def _push(project: Path) -> subprocess.CompletedProcess[str]:
    command = [str(PROGRAM), "-C", str(project), "push", "lab", "--yes", "--no-diff"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def _show(figures: dict[str, object]) -> None:
    failed, requests = figures["failed_requests"], figures["requests"]
    assert isinstance(failed, list)
    assert isinstance(requests, dict)
    print(f"{figures['pushes']} pushes to {figures['hosts']} hosts, median {figures['median_push_seconds']:.1f} s")
    for kind, count in requests.items():
        print(f"  {kind:24}{count:8} requests")
    print(f"  {figures['requests_on_kept_connections']} of them on a connection that had been used before")
    print(f"  {figures['closed_while_idle']} idle connections closed by httpd")
    print(f"  {figures['sent_again']} requests sent again over a new connection")
    print(f"  {len(failed)} failed")
    for text in [*failed[:10], *figures["failed_pushes"]]:  # type: ignore[misc]
        print(f"    {text}")


if __name__ == "__main__":
    sys.exit(main())
