"""Shadows of a private Apache, and the proof that nothing outside of them was touched."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apache_fixture import Apache, file_entry

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
if MODULE_UTILS not in sys.path:
    sys.path.insert(0, MODULE_UTILS)

from safedeploy_host.shadow import pair  # noqa: E402 - after the path


class Shadows:
    """Shadows of one Apache. `world` may be changed; a candidate is {path: text, or None for absent}."""

    def __init__(self, apache: Apache) -> None:
        self.apache = apache
        self.world: dict[str, Any] = {"seconds": 20.0}
        self.site: dict[str, Any] = apache.site

    def pair(
        self, candidate: dict[Path, str | None], work: Callable[[Any], Any] = lambda _: None, **more: Any
    ) -> dict[str, Any]:
        entries, objects = _entries(candidate)
        return pair.run(self.site, entries, objects.__getitem__, self.world, work, **more)

    def boot(self, candidate: dict[Path, str | None], work: Callable[[Any], Any] = lambda _: None) -> dict[str, Any]:
        entries, objects = _entries(candidate)
        return pair.boot(self.site, entries, objects.__getitem__, self.world, work)


def _entries(candidate: dict[Path, str | None]) -> tuple[dict[str, Any], dict[str, bytes]]:
    entries: dict[str, Any] = {}
    objects = {}
    for path, text in candidate.items():
        if text is None:
            entries[str(path)] = {"kind": "absent"}
        else:
            entries[str(path)] = file_entry(text.encode())
            objects[entries[str(path)]["sha256"]] = text.encode()
    return entries, objects


@pytest.fixture
def shadows(apache: Apache) -> Shadows:
    if os.geteuid() != 0:
        pytest.skip("shadows of a server that root runs take root")
    return Shadows(apache)


@pytest.fixture
def untouched() -> Iterator[None]:
    """At the end this process has no child, descriptor or mount more than before, and is in no other namespace."""
    before = traces()
    yield
    assert traces() == before


def traces() -> dict[str, Any]:
    """What a shadow could leave with the process that made it. Other tests run beside: only what is its own counts."""
    return {
        "children": Path(f"/proc/self/task/{os.getpid()}/children").read_text().split(),
        "mounts": Path("/proc/self/mountinfo").read_text(),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "namespaces": {
            kind: Path(f"/proc/self/ns/{kind}").stat().st_ino for kind in ("mnt", "net", "pid", "ipc", "uts")
        },
    }
