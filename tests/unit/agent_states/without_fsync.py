"""Which fsync is needed for what: leave out one after the other, and see whether the random lives notice.

    python -m tests.unit.agent_states.without_fsync [LIVES] [SITE ...]

An fsync whose absence is never noticed is not needed, or the lives are too tame. Takes minutes; it is for whoever
changes how the on-host program writes, and no part of the tests.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

sys.path.insert(0, str(Path(__file__).parents[3] / "playbooks/module_utils"))

from safedeploy_host.journal import Journal

from tests.unit.agent_states.machine import Lives

# Functions that call fsync, outermost first; all of them must be under way.
SITES = {
    "the content of a record": ("save", "replace_file", "fsync"),
    "the name of a record": ("save", "replace_file", "sync_directory"),
    "the content of an object": ("put", "replace_file", "fsync"),
    "the name of an object": ("put", "replace_file", "sync_directory"),
    "the removal of the journal": ("remove_file", "sync_directory"),
    "names of stored things before the first change": ("_begin", "sync"),
    "the end of forgotten releases": ("prune", "sync"),
    "a new state directory": ("create", "sync_above"),
    "an audit line": ("write", "fsync"),
    "the name of audit.jsonl": ("write", "sync_directory"),
    "the program and its link": ("install", "sync_directory"),
    "the content of a new live file": ("_write", "fsync"),
    "the names of live files": ("_sync",),
    "the name of a new live directory": ("_make_directory",),
    "the removal of a live directory": ("_remove_directory",),
}


def lie_at(site: tuple[str, ...]):
    """Whether the present call is one of that site."""

    def lying() -> bool:
        names, frame = [], sys._getframe(2)
        while frame is not None and len(names) < 12:
            if "safedeploy_host" in frame.f_code.co_filename:
                names.append(frame.f_code.co_name)
            frame = frame.f_back
        innermost = site[-1] if site[-1] != "fsync" else site[-2]
        return bool(names) and _called(names, site, innermost)

    return lying


def _called(names: list[str], site: tuple[str, ...], innermost: str) -> bool:
    wanted = [name for name in reversed(site) if name != "fsync"]
    if site[-1] == "fsync" and names[0] != innermost:
        return False
    at = 0
    for name in names[: len(wanted) + 2]:
        if at < len(wanted) and name == wanted[at]:
            at += 1
    return at == len(wanted)


def noticed(lives: int) -> str | None:
    """What the lives say of it first, or None."""
    try:
        run_state_machine_as_test(
            Lives,
            settings=settings(
                max_examples=lives, stateful_step_count=30, derandomize=True, database=None, deadline=None,
                report_multiple_bugs=False, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
    except Exception as error:  # noqa: BLE001 -- whatever it is, it was noticed
        return (str(error).strip().splitlines() or [type(error).__name__])[0]
    return None


def main(words: list[str]) -> None:
    lives = int(words[0]) if words else 300
    for name, site in SITES.items():
        if words[1:] and not any(word in name for word in words[1:]):
            continue
        Lives.lying = staticmethod(lie_at(site))
        tell(name, lives)
    Lives.lying = None
    write, Journal.write = Journal.write, lambda *_: None
    if not words[1:] or any(word in "journal" for word in words[1:]):
        tell("(no journal at all)", lives)
    Journal.write = write


def tell(name: str, lives: int) -> None:
    began = time.monotonic()
    said = noticed(lives)
    sys.stdout.write(f"{name:50} {'NOT NOTICED' if said is None else said} ({time.monotonic() - began:.0f} s)\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
