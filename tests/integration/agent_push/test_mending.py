"""However bad the live configuration is, the release that mends it passes the trial without any flag."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.agent_push.conftest import Pushed
from tests.integration.agent_push.test_apache import GOOD

pytestmark = [pytest.mark.apache, pytest.mark.skipif(os.geteuid() != 0, reason="shadows take root")]
Json = dict[str, Any]
Break = Callable[[Pushed], None]


def does_not_parse(pushed: Pushed) -> None:
    pushed.apache.write("conf-available/hello.conf", "Nonsense\n")


def does_not_parse_and_is_dead(pushed: Pushed) -> None:
    does_not_parse(pushed)
    pushed.apache.kill()


def fails_everywhere(pushed: Pushed) -> None:
    pushed.apache.write("conf-available/hello.conf", "Redirect 503 /\n")


def does_not_start(pushed: Pushed) -> None:
    pushed.apache.write("conf-available/hello.conf", "Mutex file:/nowhere/at/all default\n")
    pushed.apache.kill()


@pytest.mark.parametrize(
    ("damage", "state"),
    [
        (does_not_parse, "candidate-only"),
        (does_not_parse_and_is_dead, "candidate-only"),
        (does_not_start, "candidate-only"),
        (fails_everywhere, "compared"),
    ],
)
def test_the_release_from_before_passes_over(pushed: Pushed, damage: Break, state: str) -> None:
    done = pushed.push(GOOD, "aaaaaaaaaaaa")
    pushed.confirm(done["result"]["activation"])
    damage(pushed)
    staged = trial(pushed, GOOD, "aaaaaaaaaaaa")
    assert staged["ok"], staged["error"]
    assert staged["result"]["shadow"]["state"] == state, staged["result"]["shadow"]
    request = {"run": "run", "actor": "ann", "release": "aaaaaaaaaaaa", "health": pushed.checks, "confirm_window": 60}
    live = pushed.call("activate", token=pushed.token, **request)
    assert live["ok"], live["error"]
    assert pushed.apache.get("/hello")[0] == 302


def trial(pushed: Pushed, files: dict[str, bytes | str], release: str) -> Json:
    """The whole of a preflight, with nothing accepted."""
    manifest, objects = pushed.manifest(files, release)
    prepared = pushed.call("prepare", run="run", holder="ann", ttl=300, manifest=manifest)
    assert prepared["ok"], prepared
    pushed.token = prepared["result"]["token"]
    return pushed.call("preflight", token=pushed.token, manifest=manifest, objects=objects, health=pushed.checks)
