"""Plain ansible-playbook on lab hosts, and bundles for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bundles import Plan
from hosts_seen import CONF

from safedeploy.lab import Lab

PLAYBOOKS = Path(__file__).parents[3] / "playbooks"


@dataclass(frozen=True, kw_only=True)
class Play:
    """How a playbook ended."""

    rc: int
    text: str


PlayBook = Callable[..., Play]


@pytest.fixture
def fleet(lab: Lab) -> Iterator[Lab]:
    """The lab, put back afterwards."""
    yield lab
    lab.reset()


@pytest.fixture
def play(fleet: Lab, tmp_path: Path) -> PlayBook:
    """`play("rollout", bundle, "--limit", "web1", batches=[1])` with the plain program, from an empty directory."""

    def run(
        name: str, bundle: Path, *words: str, batches: list[int | str] | None = None, inventory: Path | None = None
    ):
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory or fleet.inventory)]
        command += [str(PLAYBOOKS / f"{name}.yml"), "-e", f"safedeploy_bundle={bundle}", *words]
        command += ["-e", json.dumps({"safedeploy_batches": batches})] if batches else []
        done = subprocess.run(
            command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        return Play(rc=done.returncode, text=done.stdout + done.stderr)

    return run


@pytest.fixture
def plans(fleet: Lab) -> Callable[..., dict[str, Plan]]:
    """`plans("text", web2="other text")`: one configuration file for every host."""

    def make(text: str, **other: str) -> dict[str, Plan]:
        return {host.name: Plan(files={CONF: other.get(host.name, text)}) for host in fleet.hosts}

    return make
