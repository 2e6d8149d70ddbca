"""Hold every library that safedeploy brings with it against a list of known vulnerabilities, with pip-audit.

pip-audit says "no known vulnerabilities found" also when the service answers it for no package at all, as mirrors of
PyPI do. So one version is asked for that every such list has; a service that does not name it is not believed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Of 2010, with more than a dozen advisories; nothing here depends on it.
WITNESS, WITNESS_VERSION = "django", "1.2"
# A service of one's own that speaks OSV's protocol, such as a mirror inside a company.
OWN_SERVICE = "SAFEDEPLOY_OSV_URL"
SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Audit:
    """`findings` are lines about vulnerable versions; `not_done` says why the rest of the answer counts for nothing."""

    findings: tuple[str, ...] = ()
    not_done: str = ""


def tree(name: str = "safedeploy") -> dict[str, str]:
    """Every distribution that an installed one needs at run time, with the version that is installed."""
    found: dict[str, str] = {}
    waiting = [name]
    while waiting:
        for needed in map(Requirement, metadata.requires(waiting.pop()) or ()):
            key = canonicalize_name(needed.name)
            if key not in found and (needed.marker is None or needed.marker.evaluate({"extra": ""})):
                found[key] = metadata.version(key)
                waiting.append(key)
    return found


def audit(pins: dict[str, str]) -> Audit:
    """Ask the first service that answers."""
    reasons = []
    for service in services():
        result = ask(pins, service)
        if result.findings or not result.not_done:
            return result
        reasons.append(f"{service[1]}: {result.not_done}")
    return Audit(not_done="; ".join(reasons))


def services() -> Iterator[Sequence[str]]:
    """Arguments that choose a service."""
    own = os.environ.get(OWN_SERVICE)
    if own:
        yield "--vulnerability-service", "osv", "--osv-url", own
    else:
        yield "--vulnerability-service", "osv"
        yield "--vulnerability-service", "pypi"


def ask(pins: dict[str, str], service: Sequence[str]) -> Audit:
    """One run of pip-audit."""
    with tempfile.TemporaryDirectory(prefix="safedeploy-audit-") as scratch:
        wanted = Path(scratch, "requirements.txt")
        wanted.write_text(
            "".join(f"{name}=={version}\n" for name, version in [*pins.items(), (WITNESS, WITNESS_VERSION)])
        )
        line = [sys.executable, "-m", "pip_audit", "--requirement", str(wanted), "--no-deps", "--disable-pip"]
        line += ["--format", "json", "--progress-spinner", "off", "--cache-dir", scratch, "--timeout", "10", *service]
        try:
            done = subprocess.run(line, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return Audit(not_done=f"no answer within {SECONDS} s")
    try:
        return judged(json.loads(done.stdout), pins)
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        return Audit(not_done="it cannot be reached" if "ConnectionError" in last else last[:120])


def judged(said: dict[str, list[dict[str, object]]], pins: dict[str, str]) -> Audit:
    """What pip-audit's JSON means. Findings count in any case; that there are none, only from who knows."""
    known = {canonicalize_name(str(item["name"])): item for item in said["dependencies"]}
    findings = tuple(_line(known[name]) for name in pins if known.get(name, {}).get("vulns"))
    if not known.get(WITNESS, {}).get("vulns"):
        return Audit(
            findings=findings, not_done=f"the service does not know that {WITNESS} {WITNESS_VERSION} is vulnerable"
        )
    unknown = [name for name in pins if "vulns" not in known.get(name, {})]
    return Audit(findings=findings, not_done=f"not audited: {', '.join(unknown)}" if unknown else "")


def _line(item: dict[str, object]) -> str:
    ids = ", ".join(f"{one['id']} (fixed in {', '.join(one['fix_versions']) or 'no version'})" for one in item["vulns"])  # type: ignore[attr-defined]
    return f"{item['name']} {item['version']}: {ids}"
