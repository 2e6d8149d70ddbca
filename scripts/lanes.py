"""Run the quality lanes one after the other and sum them up.

Every lane runs, whatever happened to the ones before it. A lane that cannot run here (no Python 3.8, nothing to check
yet) says so in the table and is never counted as passed. Called by scripts/test, inside the virtual environment.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import audit
import side_by_side
from oldest_python import interpreter

CHECKOUT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
AGENT = "playbooks/module_utils/safedeploy_host"
COUNTED = ("tests", "failures", "errors", "skipped")
AGENT_TESTS = (
    "tests/unit/agent",
    "tests/unit/agent_httpd",
    "tests/unit/agent_shadow",
    "tests/unit/agent_effective",
    "tests/unit/agent_probes_plan",
    "tests/unit/agent_probes_judge",
    "tests/unit/agent_traffic",
    "tests/unit/agent_validators",
    "tests/integration/agent_httpd",
)
NO_TESTS = 5  # pytest's exit code when its filters leave nothing to run


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a lane ended. `skipped` says why it could not run; tests are counted only by lanes that run tests."""

    ok: bool
    passed: int = 0
    failed: int = 0
    note: str = ""
    skipped: str = ""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One thing that is checked: `run` gets the extra pytest arguments and prints as it goes.

    With --fast a lane that is all `lab` is left out, and one that is so in part gets the arguments `when_fast`.
    """

    name: str
    proves: str
    run: Callable[[Sequence[str]], Outcome]
    lab: bool = False
    when_fast: tuple[str, ...] = ()


def environment(**extra: str) -> dict[str, str]:
    """The tools of the virtual environment first, and bytecode kept: the tests start the program a thousand times."""
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found = {**os.environ, "PATH": path, "SAFEDEPLOY_PYTHON": sys.executable, **extra}
    return {name: value for name, value in found.items() if name != "PYTHONDONTWRITEBYTECODE"}


def call(line: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run a child in the checkout to its end. Interrupted, it gets a minute to take down what it started."""
    with subprocess.Popen(line, cwd=CHECKOUT, env=variables) as child:
        try:
            return child.wait()
        except (KeyboardInterrupt, SystemExit) as stop:
            if isinstance(stop, SystemExit):  # a terminal's Ctrl-C has reached the child already, a SIGTERM has not
                child.send_signal(signal.SIGINT)
            try:
                child.wait(60)
            except subprocess.TimeoutExpired:
                child.kill()
            raise


def command(*arguments: str, **extra: str) -> Outcome:
    """Run one checker in the checkout; its exit code is the verdict."""
    print("$ " + " ".join(arguments), flush=True)
    code = call(arguments, environment(**extra))
    return Outcome(ok=not code, passed=int(not code), failed=int(bool(code)), note=f"exit code {code}" if code else "")


def run_pytest(*arguments: str, python: Path = Path(sys.executable)) -> Outcome:
    """Run pytest; the counts come from its own report, so that a crash can never look like success."""
    with tempfile.TemporaryDirectory(prefix="safedeploy-tests-") as scratch:
        report = Path(scratch, "junit.xml")
        print(f"$ pytest {shlex.join(arguments)}", flush=True)
        line = [str(python), "-m", "pytest", *arguments, f"--junit-xml={report}", "-o", "junit_logging=no"]
        code = call(line, environment())
        if code == NO_TESTS:
            return Outcome(ok=True, skipped="no tests in this lane")
        suites = ET.parse(report).getroot().iter("testsuite") if report.exists() else ()  # noqa: S314 - our own file
        counts = [{key: int(suite.get(key, 0)) for key in COUNTED} for suite in suites]
    total = {key: sum(count[key] for count in counts) for key in COUNTED}
    failed = total["failures"] + total["errors"]
    if code and not failed:
        return Outcome(ok=False, failed=1, note=f"pytest ended with exit code {code}")
    skipped = f"{total['skipped']} skipped" if total["skipped"] else ""
    return Outcome(ok=code == 0, passed=total["tests"] - failed - total["skipped"], failed=failed, note=skipped)


def files(*patterns: str) -> list[str]:
    """Files of the checkout that git tracks or would track."""
    line = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", *patterns]
    listed = subprocess.run(line, cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [name for name in listed if name and (CHECKOUT / name).is_file()]


def over(patterns: Sequence[str], *arguments: str) -> Outcome:
    """Run a checker over the files of these patterns, or say that there are none."""
    found = files(*patterns)
    return command(*arguments, *found) if found else Outcome(ok=True, skipped=f"no files like {' '.join(patterns)}")


def shell(_extra: Sequence[str]) -> Outcome:
    """Every shell script parses. bash reads one file at a time, so this is one call for each."""
    scripts = [name for name in files("scripts/*", ".ci/*") if (CHECKOUT / name).read_bytes().startswith(b"#!/usr/bin")]
    outcomes = [command("bash", "-n", name) for name in scripts]
    failed = sum(outcome.failed for outcome in outcomes)
    return Outcome(ok=not failed, passed=int(not failed), failed=int(bool(failed)), note=f"{len(scripts)} scripts")


def audited(_extra: Sequence[str]) -> Outcome:
    """No library that comes with safedeploy has a known vulnerability, as far as there is somebody to ask."""
    pins = audit.tree()
    found = audit.audit(pins)
    print(*found.findings, sep="\n", flush=True)
    count = len(found.findings)
    if count:
        return Outcome(ok=False, failed=1, note=f"known vulnerabilities in {count} of {_libraries(len(pins))}")
    if found.not_done:
        return Outcome(ok=True, skipped=found.not_done)
    return Outcome(ok=True, passed=1, note=_libraries(len(pins)))


def _libraries(count: int) -> str:
    return f"{count} librar{'y' if count == 1 else 'ies'}"


def oldest(extra: Sequence[str]) -> Outcome:
    """The agent's own tests on the oldest Python that it promises, if this machine has one.

    tests/conftest.py is left out: it imports safedeploy, which needs a later Python.
    """
    found = [part for part in AGENT_TESTS if (CHECKOUT / part).is_dir()]
    python = interpreter(CHECKOUT)
    if isinstance(python, str) or not found:
        return Outcome(ok=True, skipped=str(python) if found else "no tests in this lane")
    plugins = ("-p", "no:cacheprovider", "-p", "tests.unit.agent.on_old_python", "-p", "tests.apache_fixture")
    return run_pytest("-n2", "--confcutdir=tests/unit", *plugins, *found, *extra, python=python)


def molecule(_extra: Sequence[str]) -> Outcome:
    """Every scenario, two at a time: each has a lab and a project of its own."""
    names = [path.parent.name for path in sorted((CHECKOUT / "tests/molecule").glob("*/molecule.yml"))]
    lines = [["molecule", "test", "--scenario-name", name] for name in names]
    variables = environment(MOLECULE_GLOB="tests/molecule/*/molecule.yml")
    codes = side_by_side.run(lines, cwd=CHECKOUT, variables=variables, at_once=2)
    failed = sum(bool(code) for code in codes)
    return Outcome(ok=bool(codes) and not failed, passed=len(codes) - failed, failed=failed)


LANES = (
    Lane(name="format", proves="layout of the Python sources", run=lambda _: command("ruff", "format", "--check", ".")),
    Lane(name="lint", proves="house rules on the Python sources", run=lambda _: command("ruff", "check", ".")),
    Lane(name="shell", proves="shell scripts parse", run=shell),
    Lane(name="types", proves="mypy --strict on the package", run=lambda _: command("mypy")),
    Lane(name="audit", proves="no library of safedeploy has a known vulnerability", run=audited),
    Lane(
        name="types-agent",
        proves="mypy --strict on the agent, as for Python 3.10, the oldest that mypy knows",
        run=lambda _: command(
            "mypy",
            "--config-file=",
            "--strict",
            "--python-version=3.10",
            "-p",
            "safedeploy_host",
            MYPYPATH="playbooks/module_utils",
        ),
    ),
    Lane(
        name="walls",
        proves="the walls of docs/architecture.md between the parts",
        run=lambda _: command("lint-imports", "--no-cache", "--no-logo", PYTHONPATH="playbooks/module_utils"),
    ),
    Lane(
        name="agent-python",
        proves="the agent uses nothing newer than Python 3.8",
        run=lambda _: command("vermin", "--target=3.8-", "--no-tips", "--violations", AGENT),
    ),
    Lane(name="agent-tests", proves="the agent's tests on Python 3.8 itself", run=oldest),
    Lane(
        name="yamllint",
        proves="layout of the YAML files",
        run=lambda _: over(["*.yml", "*.yaml", ":!tests/unit", ":!tests/integration"], "yamllint", "--strict"),
    ),
    Lane(
        name="ansible-lint",
        proves="playbooks and scenarios against the production profile",
        run=lambda _: over(
            ["playbooks/*.yml", "tests/molecule/**.yml"],
            "ansible-lint",
            "--offline",
            "--profile=production",
            "--strict",
        ),
    ),
    Lane(
        name="unit",
        proves="everything that needs no lab fleet",
        run=lambda extra: run_pytest("-n2", "-m", "not lab", "--ignore=tests/packaging", *extra),
    ),
    Lane(
        name="wheel",
        proves="the built wheel works alone",
        run=lambda extra: run_pytest("tests/packaging", *extra),
        when_fast=("-m", "not lab"),
    ),
    Lane(
        name="lab",
        proves="the product on a lab fleet",
        run=lambda extra: run_pytest("-n2", "--dist=loadscope", "-m", "lab", "--ignore=tests/packaging", *extra),
        lab=True,
    ),
    Lane(name="molecule", proves="the scenarios of tests/molecule", run=molecule, lab=True),
)


def chosen(arguments: Sequence[str]) -> list[Lane]:
    """The lanes that the arguments ask for, in the order of LANES; exits with 2 on a name that is none."""
    names = [argument for argument in arguments if not argument.startswith("--")]
    unknown = [name for name in names if name not in {lane.name for lane in LANES}]
    unknown += [option for option in arguments if option.startswith("--") and option not in ("--fast", "--list")]
    if unknown:
        print(f"scripts/test: no lane or option named {', '.join(unknown)}; the lanes are:", file=sys.stderr)
        print("  " + " ".join(lane.name for lane in LANES), file=sys.stderr)
        sys.exit(2)
    return [lane for lane in LANES if (not names or lane.name in names) and not (lane.lab and "--fast" in arguments)]


def summary(results: Sequence[tuple[Lane, Outcome, float]]) -> None:
    """One row for each lane, then the sum alone on the last line."""
    print("\nlane           seconds  result")
    for lane, outcome, seconds in results:
        verdict = f"skipped: {outcome.skipped}" if outcome.skipped else "ok" if outcome.ok else "FAILED"
        tested = f"{outcome.passed} passed, {outcome.failed} failed" if outcome.passed + outcome.failed > 1 else ""
        print(f"{lane.name:<14} {seconds:>7.1f}  " + "; ".join(filter(None, [verdict, tested, outcome.note])))
    print(f"\ntotal          {sum(seconds for *_, seconds in results):>7.1f}")
    passed, failed = (sum(getattr(outcome, key) for _, outcome, _ in results) for key in ("passed", "failed"))
    print(f"\n{passed} passed, {failed} failed", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Run the lanes that were asked for; 1 when one failed."""
    split = list(arguments).index("--") if "--" in arguments else len(arguments)
    lanes, extra = chosen(arguments[:split]), arguments[split + 1 :]
    if "--list" in arguments[:split]:
        for lane in lanes:
            print(f"{lane.name:<14} {lane.proves}")
        return 0
    fast = "--fast" in arguments[:split]
    if os.geteuid() != 0 and any(lane.lab for lane in lanes):
        print("Not root: lab hosts run on loopback ports; what needs namespaces is skipped and named.", flush=True)
    results = []
    for lane in lanes:
        print(f"\n==> {lane.name}: {lane.proves}", flush=True)
        started = time.monotonic()
        outcome = lane.run([*extra, *(lane.when_fast if fast else ())])
        results.append((lane, outcome, time.monotonic() - started))
    summary(results)
    return int(any(not outcome.ok for _, outcome, _ in results))


if __name__ == "__main__":
    # A shell starts background jobs with SIGINT ignored, and children would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
