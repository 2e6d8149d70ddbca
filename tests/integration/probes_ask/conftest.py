"""A private Apache that is asked as a shadow would be: the same object, without namespaces."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apache_fixture import Apache

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
if MODULE_UTILS not in sys.path:
    sys.path.insert(0, MODULE_UTILS)


class Seen:
    """What the probes see of a shadow, for an httpd that runs in the open."""

    def __init__(self, apache: Apache) -> None:
        self.apache = apache
        self.read_lines = 0

    def error_lines(self) -> list[str]:
        lines = self.apache.log().splitlines()
        new, self.read_lines = lines[self.read_lines :], len(lines)
        return new

    def read(self, path: str) -> bytes:
        return Path(path).read_bytes()


@pytest.fixture
def asked(apache: Apache) -> Iterator[Callable[..., dict[str, Any]]]:
    """Ask the server, which is started when it does not run, and give the one answer, or all by their ids."""
    from safedeploy_host.probes.ask import ask  # noqa: PLC0415 -- found through the path that is set above

    def one(*probes: dict[str, Any], **more: Any) -> dict[str, Any]:
        if apache.pid is None:
            apache.start()
        numbered = [{"id": f"probe-{number}", **probe} for number, probe in enumerate(probes)]
        terms = {"shadow": Seen(apache), "effective": None, "seconds": 10, **more}
        answers = ask(numbered, **terms)
        return answers["probe-0"] if len(probes) == 1 else answers

    yield one
    apache.kill()


@pytest.fixture
def probe(apache: Apache) -> Callable[..., dict[str, Any]]:
    """A probe of a path of the private Apache."""

    def make(
        path: str = "/", *, name: str = "www.example.test", port: int | None = None, **more: Any
    ) -> dict[str, Any]:
        scheme = more.pop("scheme", "http")
        return {"why": "name", "url": f"{scheme}://{name}:{port or apache.port}{path}", "address": "127.0.0.1", **more}

    return make
