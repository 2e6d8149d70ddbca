"""Whether the final screen and the exit code of a run are true. Pure.

docs/exit-codes.md and safedeploy/core/outcome.py say what they mean; here it is compared with what the hosts are.
"""

from __future__ import annotations

from collections.abc import Mapping

from safedeploy.core.errors import ExitCode
from tests.e2e.program import Done
from tests.faults.fleet import NEW, OLD, THIRD
from tests.faults.oracle import STRANDED
from tests.faults.records import Violation

# What a word on the final screen says of a host. A rival who had to wait for the run may have pushed since.
MEANS = {
    "confirmed": {NEW, THIRD},
    "reverted": {OLD, THIRD},
    "untouched": {OLD, THIRD},
    "unchanged": {OLD, THIRD},
    "stranded": {STRANDED},
}
REFUSALS = {ExitCode.REFUSED, ExitCode.LEASE_HELD, ExitCode.UNREACHABLE, ExitCode.INTERRUPTED}


def screen_violations(
    done: Done,
    ends: Mapping[str, str],
    *,
    lost: frozenset[str] = frozenset(),
    interrupted: bool = False,
    late: bool = False,
) -> list[Violation]:
    """`ends`: what every host is now. `lost`: hosts that could not be reached at the end of the run.

    Those may be called stranded: nobody could ask them, and they put themselves back later. `late`: the control machine
    was interrupted at work of its own, which it also has when everything is decided.
    """
    shown = done.ends()
    found = [Violation(what="the run shows a traceback", detail=done.text[-600:])] if "Traceback" in done.text else []
    if done.code == ExitCode.BUG:
        found.append(Violation(what="the run ends as a bug", detail=done.text[-600:]))
    if not shown:
        return found + _refused(done, ends, interrupted=interrupted)
    for host, end in ends.items():
        word = shown.get(host, "")
        right = MEANS.get(word, set()) | ({OLD, NEW} if word == "stranded" and host in lost else set())
        if end not in right:
            found.append(Violation(host=host, what="the final screen is not true", detail=f"says {word!r}, is {end}"))
    expected = _code(set(shown.values()), interrupted=interrupted)
    if late and interrupted and set(shown.values()) <= {"confirmed", "unchanged"}:
        expected |= {ExitCode.OK}
    if done.code not in expected:
        found.append(
            Violation(what="the exit code is not true", detail=f"{done.code}, expected {sorted(map(int, expected))}")
        )
    return found


def _refused(done: Done, ends: Mapping[str, str], *, interrupted: bool) -> list[Violation]:
    found = [
        Violation(host=host, what="the run says that nothing changed", detail=f"the host is {end}")
        for host, end in ends.items()
        if end not in (OLD, THIRD)
    ]
    right = REFUSALS if not interrupted else {ExitCode.INTERRUPTED}
    if done.code not in right:
        detail = f"{done.code}, expected {sorted(map(int, right))}: {done.text[-400:]}"
        found.append(Violation(what="the exit code is not true", detail=detail))
    return found


def _code(words: set[str], *, interrupted: bool) -> set[int]:
    """The exit code that is right for these ends."""
    if words & {"stranded", "pending"}:
        return {ExitCode.STRANDED}
    if interrupted:
        return {ExitCode.INTERRUPTED}
    return {ExitCode.REVERTED if words & {"reverted", "untouched"} else ExitCode.OK}
