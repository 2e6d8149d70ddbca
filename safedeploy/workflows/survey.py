"""Read the configuration tree of every host, in parallel, and change none; then the contents that are wanted."""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from safedeploy.adapters.ssh import Answer, understood
from safedeploy.core import counted
from safedeploy.core.adopt.survey import Survey, survey_from_json
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.layouts import LAYOUTS, Layout
from safedeploy.workflows.events import Phase, Status
from safedeploy.workflows.session import Session

MAX_BYTES = 8 << 20
MOST_ROUNDS = 60
MOST_IN_ALL = 64 << 20
MOST_PATHS = 2000
SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """What was read of each host, with its site and layout. `found` are layouts that the inventory does not say."""

    surveys: tuple[Survey, ...]
    sites: Mapping[str, Mapping[str, Any]]
    layouts: Mapping[str, Layout]
    found: Mapping[str, str]


def survey(session: Session, sites: Mapping[str, Mapping[str, Any]], *, htaccess: bool) -> Surveyed:
    """Ask every host. Raises SafedeployError(host-unreachable) unless all of them answer.

    A host without the server root of the layout is asked for that of the others, unless the inventory says which it is.
    """
    session.events.phase(Phase.OBSERVE, f"configuration of {counted.hosts(len(sites))}")
    known = dict(sites)
    answers = _ask(session, known, htaccess=htaccess)
    found: dict[str, str] = {}
    given = {host.name for host in session.hosts if {"safedeploy_layout", "safedeploy_site"} & set(host.variables)}
    for name, layout in LAYOUTS.items():
        lacking = [host for host, one in answers.items() if not one.exists and host not in given]
        others = {host: layout.site() for host in lacking if known[host]["layout"] != name}
        for host, one in (_ask(session, others, htaccess=htaccess) if others else {}).items():
            if one.exists:
                answers[host], known[host], found[host] = one, others[host], name
    return Surveyed(
        surveys=tuple(answers.values()),
        sites=known,
        layouts={host: LAYOUTS[site["layout"]] for host, site in known.items()},
        found=found,
    )


def _ask(session: Session, sites: Mapping[str, Mapping[str, Any]], *, htaccess: bool) -> dict[str, Survey]:
    requests = {host: {"site": site, "htaccess": htaccess} for host, site in sites.items()}
    found: dict[str, Survey] = {}
    missing: dict[str, str] = {}
    advice: dict[str, str] = {}
    for host, reply in session.fleet.call("survey", requests, timeout=SECONDS).items():
        site = sites[host]
        try:
            found[host] = understood(
                host, reply, functools.partial(survey_from_json, root=site["server_root"], roots=site["allowed_roots"])
            )
        except ValueError as error:
            missing[host] = str(error)
            advice[host] = "" if isinstance(reply, Answer) else reply.next
        bad = missing.get(host)
        session.events.host(host, Phase.OBSERVE, Status.FAILED if bad else Status.OK, bad or "")
    if missing:
        raise _incomplete(len(sites), missing, advice)
    return found


def _incomplete(count: int, missing: Mapping[str, str], advice: Mapping[str, str]) -> SafedeployError:
    lines = "\n".join(f"  {host}: {reason}" for host, reason in sorted(missing.items()))
    steps = dict.fromkeys(step for step in advice.values() if step)
    return SafedeployError(
        "host-unreachable",
        f"{len(missing)} of {counted.hosts(count)} could not be read:\n{lines}",
        next_step=" ".join([*steps, "All hosts are needed: take one that is gone for good out of the inventory."]),
        exit_code=ExitCode.UNREACHABLE,
    )


def contents(
    session: Session, sites: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Iterable[tuple[str, str]]]
) -> dict[str, bytes]:
    """The bytes by digest, each read from one host only. `wanted` has (host, path on the host) for every digest.

    What cannot be read any more, or has changed meanwhile, is left out; so is what is beyond MOST_IN_ALL.
    """
    session.events.phase(Phase.OBSERVE, f"{len(wanted)} different contents")
    waiting = {digest: list(places) for digest, places in wanted.items()}
    found: dict[str, bytes] = {}
    for _ in range(MOST_ROUNDS):
        asked = _next_question({digest: places for digest, places in waiting.items() if digest not in found})
        if not asked or sum(map(len, found.values())) > MOST_IN_ALL:
            break
        requests = {
            host: {"site": sites[host], "paths": list(paths), "max_bytes": MAX_BYTES} for host, paths in asked.items()
        }
        for host, reply in session.fleet.call("survey-content", requests, timeout=SECONDS).items():
            given, left = _parts(reply.result if isinstance(reply, Answer) else {})
            silent = not given and not left
            for path, digest in asked[host].items():
                data = _decoded(given.get(path), digest)
                if data is not None:
                    found[digest] = data
                elif silent or path in given or path in left:
                    waiting[digest] = [place for place in waiting[digest] if place != (host, path)]
    return found


def _next_question(waiting: Mapping[str, list[tuple[str, str]]]) -> dict[str, dict[str, str]]:
    """Which host to ask for which paths, and the digest that each should have."""
    asked: dict[str, dict[str, str]] = {}
    for digest, places in waiting.items():
        for host, path in places[:1]:
            if len(asked.get(host, ())) < MOST_PATHS:
                asked.setdefault(host, {})[path] = digest
    return asked


def _parts(result: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """`content` and `left` of an answer; empty where it is none."""
    parts = [result.get(key) if isinstance(result, Mapping) else None for key in ("content", "left")]
    given, left = (part if isinstance(part, Mapping) else {} for part in parts)
    return given, left


def _decoded(text: Any, digest: str) -> bytes | None:
    """The bytes, if they are what was asked for and may be kept in a project."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        return None
    right = isinstance(text, str) and hashlib.sha256(data).hexdigest() == digest
    return data if right and b"PRIVATE KEY-----" not in data and not data.startswith(b"$ANSIBLE_VAULT") else None
