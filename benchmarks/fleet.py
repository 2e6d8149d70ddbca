"""A lab fleet and a copy of the lab's project for a benchmark; the user's own labs and history are left alone."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from safedeploy.lab import Lab

ROOT = Path(__file__).resolve().parent.parent


def arguments(description: str, *, hosts: int, **numbers: int) -> argparse.Namespace:
    """The command line: --hosts, a number for each name with its default, and --json."""
    parser = argparse.ArgumentParser(description=description)
    for name, number in {"hosts": hosts, **numbers}.items():
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


@contextmanager
def running(hosts: int) -> Iterator[tuple[Lab, Path]]:
    """A lab of so many hosts in namespaces, and the project directory; both are gone at the end."""
    with tempfile.TemporaryDirectory(prefix="safedeploy-benchmark-") as name:
        work = Path(name)
        os.environ |= {"SAFEDEPLOY_LAB_DIR": str(work / "lab"), "SAFEDEPLOY_LAB_NAME": "bench"}
        os.environ["XDG_STATE_HOME"] = str(work / "state")
        project = work / "project"
        project.mkdir()
        for directory in ("templates", "inventories"):
            shutil.copytree(ROOT / directory, project / directory)
        shutil.copy(ROOT / "safedeploy.yml", project)
        lab = Lab.up("bench", hosts, "namespaces")
        try:
            yield lab, project
        finally:
            lab.down()


def without_bake(project: Path) -> None:
    """Have no host wait for requests after a change: neither side of a comparison is to be slowed down by it."""
    settings = project / "safedeploy.yml"
    settings.write_text(settings.read_text().replace("bake: 1s", "bake: 0s"))


def written(figures: Mapping[str, object], path: Path | None) -> None:
    """Write the figures as JSON, if that was asked for."""
    if path:
        path.write_text(json.dumps(figures, indent=2) + "\n")
