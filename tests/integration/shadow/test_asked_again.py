"""A body is asked for again where the two shadows have read another: each finds whether its own stays the same."""

from __future__ import annotations

import functools
import time
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host.probes.alike import PATIENCE, Bodies
from safedeploy_host.probes.ask import ask

from tests.apache_fixture import Apache

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]

PAGES = {"same": "the same", "word": "$(tr -dc a-z </dev/urandom | head -c 12)", "other": "$WHICH"}


@pytest.fixture
def pages(apache: Apache) -> Path:
    """Scripts that note each request, by their names, in the directory that this gives."""
    noted = apache.root / "noted"
    noted.mkdir(mode=0o777)
    noted.chmod(0o777)
    for name, text in PAGES.items():
        script = apache.root / f"www/www.example.test/{name}.cgi"
        head = r"printf 'Content-Type: text/plain\r\n\r\n'"
        script.write_text(f'#!/bin/sh\necho {name} >>{noted}/{name}\n{head}\necho "{text}"\n')
        script.chmod(0o755)
    apache.enable("cgi")
    apache.write(
        "mods-enabled/zz.conf",
        f"<Directory {apache.root}/www>\nOptions +ExecCGI\nAddHandler cgi-script .cgi\n</Directory>",
    )
    apache.write("conf-enabled/which.conf", "SetEnv WHICH before\n")
    return noted


def probes(apache: Apache) -> list[dict[str, Any]]:
    host = f"http://www.example.test:{apache.port}"
    return [{"id": name, "why": "name", "url": f"{host}/{name}.cgi", "address": "127.0.0.1"} for name in PAGES]


def asking(wanted: list[dict[str, Any]], noted: Path, side: Any, shadow: Any) -> dict[str, Any]:
    began = time.monotonic()
    answers = ask(wanted, shadow=shadow, effective=None, seconds=10, twice=side)
    return {
        "seconds": time.monotonic() - began,
        "status": [answers[name]["status"] for name in PAGES],
        "stable": [name for name in PAGES if answers[name]["stable"]],
        "asked": {name: len((noted / name).read_text().splitlines()) for name in PAGES},
    }


def test_what_both_read_alike_is_asked_once_and_another_body_twice(apache, shadows, pages):
    wanted = probes(apache)
    bodies = Bodies(wanted)
    live, candidate = (functools.partial(asking, wanted, pages, side) for side in bodies.sides())
    change = {apache.etc / "conf-enabled/which.conf": "SetEnv WHICH after\n"}

    booted = shadows.pair(change, {"live": live, "candidate": candidate}, ended=bodies.over)

    for name in ("live", "candidate"):
        found = booted[name]["value"]
        assert found is not None, booted[name]
        assert (found["status"], found["stable"]) == ([200] * 3, ["same", "other"])
        assert found["asked"] == {"same": 1, "word": 2, "other": 2}


def test_a_side_that_is_alone_asks_twice_and_does_not_wait_for_the_other(apache, shadows, pages):
    wanted = probes(apache)
    bodies = Bodies(wanted)
    live, candidate = (functools.partial(asking, wanted, pages, side) for side in bodies.sides())

    booted = shadows.pair(
        {apache.etc / "conf-enabled/bad.conf": "Nonsense on\n"},
        {"live": live, "candidate": candidate},
        ended=bodies.over,
    )

    assert booted["candidate"]["value"] is None
    found = booted["live"]["value"]
    assert (found["stable"], set(found["asked"].values())) == (["same", "other"], {2})
    assert found["seconds"] < PATIENCE
