"""What a person at the host sees: plain text, exit codes, no control machine needed.

Exit codes: 0 done or well; 2 usage; 1 refused or not well; 7 stranded.
"""

from __future__ import annotations

import sys

from .clock import iso
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, TextIO, TypeVar

    from .protocol import Json
    from .services import Services
    from .store import Store

    T = TypeVar("T")

DEFAULT = "/var/lib/safedeploy"
LOADED = {
    True: "has loaded what is on disk",
    False: "has NOT loaded what is on disk",
    None: "what it has loaded is not known",
}


def run(arguments: list[str]) -> int:
    """Run a person's command line, or the dead-man's."""
    if len(arguments) == 5 and [*arguments[:2], arguments[3]] == ["dead-man", "--state-dir", "--activation"]:
        return _run("dead-man", arguments[2], arguments[4])  # as it is started, without the time to load argparse
    import argparse

    parser = argparse.ArgumentParser(
        prog="safedeploy agent",
        description="What safedeploy has deployed on this host, and the way back, without network.",
    )
    parser.add_argument(
        "command", choices=sorted(COMMANDS), help="; ".join(f"{k}: {v[1]}" for k, v in COMMANDS.items())
    )
    parser.add_argument("--state-dir", default=DEFAULT, help=f"default: {DEFAULT}")
    parser.add_argument("--activation", default=None, help="which activation to revert (default: the one that can be)")
    chosen = parser.parse_args(arguments or ["--help"])
    return _run(chosen.command, chosen.state_dir, chosen.activation)


def _run(command: str, state_dir: str, activation: str | None) -> int:
    from .services import Services
    from .store import Store

    try:
        store = Store.at(state_dir)
        code: int = COMMANDS[command][0](store, Services(store.site), activation)
    except PermissionError as error:
        _say(f"error: {error}. Run this as the user that deploys (root, mostly).", sys.stderr)
        return 1
    except AgentError as error:
        _say(f"error ({error.code}): {error.message}\nstate: {error.state}\nnext: {error.next}", sys.stderr)
        for number, step in enumerate(error.detail.get("steps", []) if error.code == "stranded" else [], 1):
            _say(f"  {number}. {step}", sys.stderr)
        return 7 if error.code == "stranded" else 1
    return code


def status(store: Store, services: Services, _: str | None) -> int:
    """Current and known-good release, what is pending, httpd, and what differs from the release."""
    from . import deadman_lock, drained

    state = store.state.load()
    if state["stranded"]:
        _say(f"STRANDED since {state['stranded']['since']}: {state['stranded']['cause']}")
        for number, step in enumerate(state["stranded"]["steps"], 1):
            _say(f"  {number}. {step}")
    now = services.now()
    httpd = services.status()
    _say(
        f"current:     {state['current'] or 'nothing deployed yet'}"
        + (f" (since {state['since']}, by {state['by']})" if state["since"] else "")
    )
    _say(f"known-good:  {state['known_good'] or '-'}")
    _say(f"httpd:       {'running' if httpd.get('running') else 'NOT running'}, {LOADED[httpd.get('loaded')]}")
    lease = _readable(lambda: store.lease.public(now))
    if lease and not lease["expired"]:
        _say(f"lease:       {lease['holder']}, until {lease['until']} (run {lease['run']})")
    out = _readable(lambda: drained.load(store))
    if out:
        _say(f"drained:     out of service since {out['since']}, by {out['by']} (run {out['run']})")
    pending = state["pending"]
    if pending:
        _say(f"pending:     {pending['release']} until {iso(pending['deadline'])}, then this host reverts by itself")
        _say(f"dead-man:    {'stands guard' if deadman_lock.lives(store, pending['activation']) else 'GONE'}")
    _say_went_back(state)
    differing = _readable(lambda: _differing(store, state))
    for path in differing or ():
        _say(f"differs:     {path}")
    if state["stranded"]:
        return 7
    return 0 if httpd.get("running") and differing == [] else 1


def _readable(look: Callable[[], T]) -> T | None:
    """What there is to see; None, with a line that says why, when it cannot be read: the rest is worth as much."""
    try:
        return look()
    except (AgentError, OSError) as error:
        _say(f"damaged:     {error}")
        return None


def _say_went_back(state: Json) -> None:
    """What the last revert did that a person should know, as long as nothing was deployed since."""
    last = state["stranded"] or state.get("last_revert") or {}
    if not state["stranded"] and last.get("at") != state["since"]:
        return
    if last.get("went_to") not in (None, "before"):
        _say(f"went back:   at {last['at']} to {state['current']} ({last['went_to']}), because this did not work:")
    for one in last.get("tried") or []:
        why = one["why"].replace("\n", "\n    ")
        _say(f"  {one['went_to']} ({one['release']}): {why}")
    _say_kept(last.get("kept_aside") or [])


def _say_kept(items: list[Json]) -> None:
    for one in items:
        where = f"NOT KEPT: {one['error']}" if one.get("error") else f"back with: {one['restore']}"
        _say(f"kept aside:  {one['path']}, edited by hand; {where}")


def _differing(store: Store, state: Json) -> list[str]:
    if not state["current"]:
        return []
    goal = store.effective(state["current"])
    live = store.live(goal)
    return [path for path in goal if live[path] != goal[path]]


def releases(store: Store, services: Services, _: str | None) -> int:  # noqa: ARG001 -- every command is called alike
    """The releases that are stored here."""
    state = store.state.load()
    for release in ["adopted", *store.releases.ids()]:
        manifest = store.manifest(release)
        marks = [word for word, key in (("current", "current"), ("known-good", "known_good")) if state[key] == release]
        _say(f"{release}  {manifest['created'] or '-'}  {len(manifest['entries'])} entries  {' '.join(marks)}".rstrip())
    return 0


def revert(store: Store, services: Services, activation: str | None) -> int:
    """Go back to what was there before the pending or the last confirmed activation."""
    from .changing import changing
    from .revert import undo

    with changing(store.site, services) as locked:
        done = undo(
            locked, services, activation, by="a person on the host", run=None, cause="a person on the host asked"
        )
    if done["outcome"] == "nothing-to-revert":
        _say(f"nothing to revert: the current release is {done['release']}")
        return 0
    _say(f"reverted to {done['release']} ({done['went_to']}); httpd runs it and is well")
    for one in done["tried"]:
        _say(f"did not work: {one['went_to']} ({one['release']}): {one['why']}")
    _say_kept(done["kept_aside"])
    return 0


def recover(store: Store, services: Services, _: str | None) -> int:
    """Put right what a death in the middle of a change left; or, on a stranded host, look whether it is well now."""
    from .due import due

    if due(store, services) is None and not store.state.load()["stranded"]:
        _say("nothing to recover: no change was interrupted, and this host is not stranded")
        return 0
    from . import stranded
    from .changing import changing

    with changing(store.site, services) as locked:
        state = locked.state.load()
        if not state["stranded"]:
            _say(f"recovered: the current release is {state['current']}")
            return 0
        done = stranded.leave(locked, services, by="a person on the host")
    _say(f"not stranded any more: httpd runs what is on disk and is well; the current release is {done['release']}")
    for path in done["differs"]:
        _say(f"differs:     {path}")
    return 0


def start_over(store: Store, services: Services, _: str | None) -> int:
    """For damaged records alone: put them away, and take what is live as what was there before safedeploy."""
    from .start_over import start_over as put_away

    away = put_away(store, services, by="a person on the host")
    if away is None:
        _say("the records are in order: nothing was done")
        return 1
    _say(f"the damaged records are in {away}; no live file was changed")
    _say("the next push takes what is live as what was there before; look at its plan well")
    return 0


def health(store: Store, services: Services, _: str | None) -> int:
    """Run the checks of the current release."""
    from . import verdict

    current = store.state.load()["current"]
    checks = store.releases.preflight(current).get("health", []) if current not in (None, "adopted") else []
    results = verdict.measure(services, checks)
    for result in results:
        word = "ok  " if result["ok"] else "FAIL"
        _say(f"{word} {result['name']}  {result.get('url')}  {result.get('why') or ''}".rstrip())
    return 0 if all(result["ok"] for result in results) else 1


def boot(store: Store, services: Services, _: str | None) -> int:  # noqa: ARG001 -- every command is called alike
    """Run by the system when the host starts, before httpd."""
    from .boot import boot as undo

    done = undo(store)
    _say("nothing to undo" if done is None else f"undone: this host starts with {done['release']}")
    return 0


def dead_man(store: Store, services: Services, activation: str | None) -> int:
    """Internal: revert an activation when its window ends."""
    from . import deadman

    deadman.stand_guard(store, services, activation or "")
    return 0


def _say(text: str, stream: TextIO | None = None) -> None:
    print(text, file=stream or sys.stdout)


COMMANDS = {
    "status": (status, "what is deployed here"),
    "releases": (releases, "what is stored here"),
    "health": (health, "run the health checks now"),
    "revert": (revert, "go back to what was before the last activation"),
    "recover": (recover, "put right what an interrupted change left; on a stranded host: look whether it is well now"),
    "start-over": (start_over, "when the records of this host are damaged: put them away, and begin with what is live"),
    "boot": (boot, "for the system, when it starts: undo what was not confirmed"),
    "dead-man": (dead_man, "internal"),
}
