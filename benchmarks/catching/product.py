"""The product's own command line on one project: check, push; what stopped the change, and where."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .project import ENVIRONMENT

PROGRAM = Path(sys.executable).parent / "safedeploy"
SECONDS = 180
OK, REFUSED, REVERTED = 0, 4, 6

# The stage that an error code of the on-host program belongs to; see docs/errors.md.
STAGES = {
    "configtest-failed": "configtest",
    "finding": "effective",
    "not-shadowed": "shadow",
    "shadow-failed": "shadow",
    "regression": "probes",
}
VALIDATORS = "validators"
MOST = 3  # verdicts of one case in a line
LIVE = "live_check"
_BEGUN, _END = re.compile(r"^\[ *([\d.]+) s\] preflight: "), re.compile(r"^\[ *([\d.]+) s\] +\S+: \w+: ")


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One run of the program. `document` is what it wrote as JSON; empty when it ended before."""

    code: int
    document: dict[str, Any] = field(repr=False)
    err: str = field(repr=False)
    seconds: float

    def check_of(self, host: str) -> dict[str, Any]:
        """The pre-flight of a host; empty when there was none."""
        found: dict[str, Any] = self.document.get("preflight", {}).get(host, {})
        return found

    def preflight_seconds(self, host: str) -> float | None:
        """How long the host's pre-flight took: its own account, or else from the phase's line to its verdict's."""
        own = self.check_of(host).get("seconds")
        if own is not None:
            return float(own)
        began = None
        for line in self.err.splitlines():
            if phase := _BEGUN.match(line):
                began = float(phase[1])
            elif began is not None and (end := _END.match(line)):
                return round(float(end[1]) - began, 1)
        return None

    def stage(self, host: str) -> str:
        """The stage that refused."""
        check = self.check_of(host)
        code = str(check.get("code") or "plan")
        if code == "finding" and all("valid" in str(finding.get("kind")) for finding in self._errors(host)):
            return VALIDATORS
        return STAGES.get(code, code)

    def _errors(self, host: str) -> list[dict[str, Any]]:
        return [item for item in self.check_of(host).get("findings") or [] if item.get("severity") == "error"]

    def why(self, host: str) -> str:
        """What was said, in one line."""
        check = self.check_of(host)
        worse = [item for item in check.get("verdicts") or [] if item.get("verdict") == "regression"]
        if worse:
            more = f" / and {len(worse) - MOST} more" if len(worse) > MOST else ""
            texts = (f"{one['kind']}: {one['request']}: {one['before']} -> {one['after']}" for one in worse[:MOST])
            return " / ".join(texts) + more
        words = [str(check.get("text") or ""), *str(check.get("output") or "").splitlines()[:3]]
        said = " / ".join(dict.fromkeys(word.strip() for word in words if word.strip()))
        return said or " / ".join(line.strip() for line in self.err.strip().splitlines()[-4:])

    def looked_at(self, host: str) -> str:
        """How much of the behaviour was compared, for a change that was let through."""
        shadow = self.check_of(host).get("shadow") or {}
        probes = ", ".join(f"{name} {count}" for name, count in (shadow.get("probes") or {}).items() if count)
        return f"shadow {shadow.get('state')}{': ' if shadow.get('why') else ''}{shadow.get('why') or ''} ({probes})"


def lint(project: Path, target: str) -> Ran:
    """`safedeploy lint` of the project's environment or of a directory, without refusing."""
    return _run(project, "lint", target, "--json", "--fail-on", "never")


def check(project: Path) -> Ran:
    """`safedeploy check`."""
    return _run(project, "check", ENVIRONMENT, "--json", "--no-diff")


def push(project: Path) -> Ran:
    """`safedeploy push`, as whoever has read the check's result: a restart that it announced is allowed."""
    return _run(project, "push", ENVIRONMENT, "--yes", "--json", "--no-diff", "--allow-restart")


def _run(project: Path, *arguments: str) -> Ran:
    began = time.monotonic()
    done = subprocess.run(
        [str(PROGRAM), "-C", str(project), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    seconds = time.monotonic() - began
    (project / f"{arguments[0]}.out").write_text(done.stdout)
    (project / f"{arguments[0]}.err").write_text(done.stderr)
    try:
        document = json.loads(done.stdout)
    except ValueError:
        document = {}
    return Ran(code=done.returncode, document=document, err=done.stderr, seconds=seconds)
