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

from safedeploy.lab import Lab

PLAYBOOKS = Path(__file__).parents[3] / "playbooks"
CONF = "/etc/apache2/conf-enabled/zz-test.conf"

# Passes configtest; every request is a 500 afterwards.
BREAKS_AT_RUN_TIME = "<Location />\n  SetHandler proxy:http://127.0.0.1:1/\n</Location>\n"


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


def live(lab: Lab, host: str) -> str | None:
    """What the test's configuration file holds on a host; None when it is not there."""
    done = lab.exec(host, ["cat", CONF])
    return done.stdout.decode() if done.returncode == 0 else None


def state(lab: Lab, host: str) -> dict[str, object]:
    """What the host has recorded."""
    loaded: dict[str, object] = json.loads(lab.exec(host, ["cat", "/var/lib/safedeploy/state.json"]).stdout)
    return loaded


def marked(text: str) -> str:
    """A harmless configuration that can be told from others."""
    return f"# {text}\n"
