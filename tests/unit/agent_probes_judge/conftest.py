"""Pairs of Answers, as short as what differs in them, and the verdict on them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
if MODULE_UTILS not in sys.path:
    sys.path.insert(0, MODULE_UTILS)

NOW = 1_800_000_000
DAY = 86400


def vhost(name: str, line: int = 1, **more: Any) -> dict[str, Any]:
    """A virtual host of an Effective; the first of a configuration is its default one."""
    return {
        "address": "*",
        "port": 80,
        "name": name,
        "aliases": [],
        "file": "/etc/apache2/sites-enabled/all.conf",
        "line": line,
        "default": line == 1,
        "tls": False,
        **more,
    }


def effective(*hosts: dict[str, Any], tree: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """An Effective with these virtual hosts, listening on their ports."""
    ports = sorted({host["port"] for host in hosts})
    listen = [{"host": "*", "port": port, "secure": False} for port in ports]
    return {"vhosts": list(hosts), "listen": listen, "tree": tree or [], "includes": []}


def node(name: str, *args: str, line: int = 1, children: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A directive or section of an Effective's tree."""
    file = "/etc/apache2/sites-enabled/all.conf"
    return {"name": name, "args": list(args), "raw": " ".join(args), "file": file, "line": line, "children": children}


def answer(status: int | None = 200, body: str = "page", **more: Any) -> dict[str, Any]:
    """An Answer; one without a status has a reason instead."""
    from safedeploy_host.probes import answer as answers  # noqa: PLC0415 -- found through the path that is set above
    from safedeploy_host.probes import body as bodies  # noqa: PLC0415

    content = body.encode()
    found = answers.none("connection refused" if status is None else "")
    if status is not None:
        found.update(sha256=bodies.digest(content), shape=bodies.shape(content), bytes=len(content))
    return {**found, "status": status, "headers": {"content-type": "text/html"} if status == 200 else {}, **more}


def redirect(to: str, status: int = 301, final: int | None = 200, body: str = "page", **more: Any) -> dict[str, Any]:
    """The Answer that is a redirect, and what it ends in."""
    from safedeploy_host.probes import body as bodies  # noqa: PLC0415

    end = {"status": final, "shape": bodies.shape(body.encode()), "sha256": bodies.digest(body.encode()), "url": to}
    hops = [{"status": status, "location": to}]
    return answer(status, headers={"location": to}, hops=hops, final=end, **more)


@pytest.fixture
def judged() -> Callable[..., list[tuple[str, str]]]:
    """(verdict, kind) of one probe's verdicts; `full` gives the Verdict documents instead."""
    from safedeploy_host.probes.verdict import judge  # noqa: PLC0415

    def one(live: dict[str, Any], candidate: dict[str, Any], *, full: bool = False, **more: Any) -> Any:
        probe = {
            "id": "one",
            "why": "log",
            "method": "GET",
            "url": "http://www.example.test/x",
            **more.pop("probe", {}),
        }
        others = more.pop("others", [])
        probes = [probe, *(other["probe"] for other in others)]
        answers = [{"one": live}, {"one": candidate}]
        for other in others:
            answers[0][other["probe"]["id"]] = answers[1][other["probe"]["id"]] = other["answer"]
        answers[1].update(more.pop("late", {}))
        found = judge(probes, *answers, now=NOW, **more)
        found = [verdict for verdict in found if verdict["probe"] in ("one", None)]
        return found if full else [(verdict["verdict"], verdict["kind"]) for verdict in found]

    return one
