"""Which cause `safedeploy diagnose` names for each way to break a lab's fleet, and how long it takes.

    python -m benchmarks.diagnose [--hosts 3] [--calm 40] [--broken 25] [--json FILE] [FAULT ...]

Each fault gets a fleet that is well, with visitors of many addresses for `calm` seconds before it (PAST before a
flood), and a diagnosis `broken` seconds after it. The last row is a fleet that nothing is wrong with: there no cause
may be named.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from benchmarks.fleet import running, without_bake, written
from safedeploy.lab import Lab, visiting
from safedeploy.lab.faults import FAULTS

CAUSES = {
    "backend-down": ("backend",),
    "backend-resets": ("network", "backend"),
    "backend-slow": ("upstream",),
    "certificate-expired": ("certificate",),
    "config-directive": ("hand-edit",),
    "descriptors-exhausted": ("descriptors",),
    "disk-full": ("disk",),
    "dns-broken": ("network", "hand-edit"),  # the fault edits the proxy's line, too
    "hand-edit": ("hand-edit",),
    "htaccess-broken": ("hand-edit",),
    "httpd-down": ("httpd",),
    "httpd-refuses": ("httpd",),
    "inodes-full": ("disk",),
    "network-cut": ("network",),
    "permissions": ("files",),
    "request-flood": ("flood",),
    "request-flood-one": ("flood",),
    "rewrite-loop": ("hand-edit",),
    "upstream-broken": ("upstream",),
    "workers-exhausted": ("workers",),
}
WELL = "(nothing)"
FLOODS = ("request-flood", "request-flood-one")
PAST = 150.0  # seconds; a flood is one against two minutes of the past at least
ORDINARY = visiting.Visits(
    where=(
        ("http", "app.lab.test", "/"),
        ("http", "app.lab.test", "/item/{number}"),
        ("https", "www.lab.test", "/"),
        ("http", "api.lab.test", "/health"),
    ),
    agents=("Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (Macintosh)"),
    rate=30.0,
    at_once=6,
)


def main() -> int:
    """Break, ask, put back; one row for each fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faults", nargs="*", metavar="FAULT")
    parser.add_argument("--hosts", type=int, default=3)
    parser.add_argument("--calm", type=float, default=40)
    parser.add_argument("--broken", type=float, default=25)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with running(options.hosts) as (lab, project):
        without_bake(project)
        # What breaks right after a push is rightly held against it: here nothing is known of pushes.
        settings = project / "safedeploy.yml"
        document = yaml.safe_load(settings.read_text())
        document.setdefault("defaults", {})["history"] = {"enabled": False}
        settings.write_text(yaml.safe_dump(document))
        _program(project, "push", "lab", "--yes", "--no-diff")
        for name in options.faults or [*sorted(FAULTS), WELL]:
            rows.append(_row(lab, project, name, options))
            row = rows[-1]
            mark = "right" if row["right"] else "WRONG"
            print(
                f"{name:<24}{mark:<7}{row['named'] or 'none named':<14}{row['first']:<24}{row['seconds']:5.1f} s",
                flush=True,
            )
    right = sum(row["right"] for row in rows)
    slowest = max(row["seconds"] for row in rows)
    print(f"{right} of {len(rows)} right; the slowest took {slowest:.1f} s")
    written({"rows": rows, "right": right}, options.json)
    return 0


def _row(lab: Lab, project: Path, name: str, options: argparse.Namespace) -> dict[str, Any]:
    for host in lab.hosts:
        lab.exec(host.name, ["/bin/sh", "-c", "for log in /var/log/apache2/*; do : > $log; done"])
    visiting.start(lab, "ordinary", ORDINARY, lab.hosts)
    try:
        time.sleep(max(options.calm, PAST) if name in FLOODS else options.calm)
        if name != WELL:
            FAULTS[name].start(lab)
        time.sleep(options.broken)
        began = time.monotonic()
        document = _program(project, "diagnose", "lab", "--since", "10m", "--json")
        seconds = time.monotonic() - began
    finally:
        visiting.stop(lab.directory, "ordinary")
        if name != WELL:
            FAULTS[name].stop(lab)
    found = json.loads(document)
    wanted = CAUSES.get(name, (None,))
    first = found["hypotheses"][0]
    return {
        "fault": name,
        "named": found["named"],
        "right": found["named"] in wanted,
        "first": f"{first['id']} {first['weight']}",
        "errors": found["errors"],
        "ranked": [(one["id"], one["weight"]) for one in found["hypotheses"][:4]],
        "seconds": round(seconds, 1),
    }


def _program(project: Path, *words: str) -> str:
    command = [sys.executable, "-m", "safedeploy", *words]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, env=dict(os.environ))
    if done.returncode not in (0, 8):
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
