"""`activate`: make a staged release live, and go back in the same call when anything about it fails.

check -> keep what is live -> pending -> dead-man armed -> journal -> switch -> reload -> health -> (confirm, later)
                                 |___________________ any failure: put back ____________________|

reload: other services whose files changed, each after its own check, then httpd.
"""

from __future__ import annotations

import os
import time

from . import reserve, room, switch, tree, verdict, window
from .adopted import effective
from .changing import changing
from .clock import iso
from .failed import Failed, not_taken_back, said
from .preflight import expect_live
from .prepare import refuse_pending
from .protocol import AgentError, bug
from .put_back import not_on, put_back
from .releases import ADOPTED
from .serving import loaded_record
from .switch_over import Undone, switch_over
from .validators import declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .protocol import Json, Request
    from .services import Services
    from .store import Store
    from .tree import Tree

    Arm = Callable[[Store, str], Json]


def activate(request: Request, services: Services, arm: Arm | None = None) -> Json:
    """{activation, outcome, reload, health, steps}. Raises AgentError: refusals, then `reverted`, `stranded`."""
    run, actor, release = request.need("run", str), request.need("actor", str), request.need("release", str)
    with changing(request.site, services) as store:
        store.lease.hold(request.need("token", str), services.now())
        refuse_pending(store, None)
        activation = Activation(store, services, request, release=release, run=run, actor=actor)
        activation.check()
        if activation.in_place():
            return activation.leave_unchanged()
        return activation.carry_out(arm or arming(request))


def arming(request: Request) -> Arm:
    """How to start a dead-man: from the program's own file, which is put into the state directory."""

    def arm(store: Store, activation: str) -> Json:
        from . import deadman, install

        return deadman.arm(store, install.install(store, request.get("agent_path", str, "") or None), activation)

    return arm


class Activation:
    """One activation under way; the lock is held as long as it exists."""

    def __init__(
        self, store: Store, services: Services, request: Request, *, release: str, run: str, actor: str
    ) -> None:
        self.store = store
        self.services = services
        self.request = request
        self.release = release
        self.run = run
        self.actor = actor
        self.manifest = store.manifest(release)
        self.found: Json = {} if release == ADOPTED else store.releases.preflight(release)
        self.checks: list[Json] = request.get("health", list, [])
        self.live: Tree = store.live(store.touched(self.manifest["entries"]))
        self.goal: Tree = effective(self.manifest["entries"], {**self.live, **store.adopted.entries()})
        self.changes: Tree = tree.changes(self.live, self.goal)
        self.declared: Json = declared.of(store, self.manifest)
        self.others: list[Json] = []
        self.steps: list[Json] = []
        self.began = time.monotonic()

    def check(self) -> None:
        """Everything that can refuse while nothing has changed."""
        expect_live(self.store, self.live, self.request.value.get("expect_live"), self.found.get("live"))
        room.check_writable(self.store, self.live, self.changes)
        for sha256 in self.store.objects.missing(self.changes):
            self.store.objects.read(sha256)
        needed = self.found.get("restart") or {"needed": False, "why": []}
        if needed["needed"] and not self.request.get("allow_restart", bool, default=False):
            raise AgentError(
                "restart-needed",
                f"a graceful reload cannot apply this change: {'; '.join(needed['why'])}",
                next="Push with --allow-restart, which interrupts requests for a moment.",
                detail={"why": needed["why"]},
            )
        self.restart = bool(needed["needed"])

    def in_place(self) -> bool:
        """Whether the goal is live already, and httpd runs it."""
        if self.changes:
            return False
        status = self.services.status()
        return bool(status.get("running") and status.get("loaded") is not False)

    def leave_unchanged(self) -> Json:
        """Record that the host is on the release, if it is well. Nothing changed, so nothing needs a confirmation."""
        results, bad = self._probe()
        if bad:
            raise AgentError(
                "health-failed",
                f"the host has the configuration of {self.release} already, and is not well: {verdict.text(bad)}",
                next="The cause is not this push; look at httpd's error log and at its backends.",
                detail={"health": results},
            )
        now = self.services.now()
        self.store.adopted.add(self.live, iso(now))
        state = self._adopted_first(now)
        if state["known_good"] != self.release:
            state["history"] = [*state["history"], self.confirmed(None, now)]
        state.update(
            current=self.release, known_good=self.release, since=iso(now), by=self.actor, run=self.run, stranded=None
        )
        self.store.state.save(state)
        self.store.audit("unchanged", now, release=self.release, by=self.actor, run=self.run)
        self.services.remember_surroundings(self.store)
        self._step("health")
        return {"activation": None, "outcome": "unchanged", "reload": None, "health": results, "steps": self.steps}

    def carry_out(self, arm: Arm) -> Json:
        """Change the host. Raises AgentError: `reverted` or `stranded` once something had changed."""
        store, services = self.store, self.services
        pending = self._begin()
        try:
            pending["dead_man"] = arm(store, pending["activation"])
            self._step("arm")
        except BaseException:
            store.state.save({**store.state.load(), "pending": None})
            raise
        try:
            switch_over(store, services, pending, self.goal, self.others)
            self._step("switch")
            others = self._reload_others(pending)
            reload = self._reload()
            self.request.tell("loaded")  # from here on a new connection to this host proves something
            results = self._prove()
            pending = self._extend(reload)
        except Undone as error:
            raise error.refusal from error
        except Exception as error:
            raise self._go_back(pending, error) from error
        store.audit(
            "activated",
            services.now(),
            activation=pending["activation"],
            release=self.release,
            by=self.actor,
            run=self.run,
            changed=sorted(self.changes),
        )
        return {
            "activation": pending["activation"],
            "outcome": "activated",
            "reload": reload,
            "services": others,
            "health": results,
            "deadline": pending["deadline"],
            "steps": self.steps,
        }

    def confirmed(self, activation: str | None, now: float) -> Json:
        """The line of state's history for this release."""
        return {
            "release": self.release,
            "tree": self.manifest["tree"],
            "confirmed": iso(now),
            "by": self.actor,
            "run": self.run,
            "activation": activation,
        }

    def _begin(self) -> Json:
        """Keep all that is live, adopt what is new, and record the activation as pending."""
        now = self.services.now()
        try:
            self.store.keep_content(self.live)
            self.store.adopted.add(self.live, iso(now))
        except OSError as error:
            raise room.no_space(error) from error
        state = self._adopted_first(now)
        pending = {
            "activation": f"{self.release}-{os.urandom(4).hex()}",
            "release": self.release,
            "run": self.run,
            "by": self.actor,
            "since": iso(now),
            **window.opened(self.services, self._window()),
            "held": False,
            "complete": False,  # until then the next start of the program undoes it
            "before_release": state["current"] or ADOPTED,
            "before": self.live,
            "directories": switch.directories(self.changes, self.store.roots),
            "services": [],
        }
        # Their state is that from before; they belong to the record once they may have read a new file.
        self.others = self.services.to_reload(self.changes, self.declared)
        reserve.keep(self.store, pending)
        self.store.sync()
        self.store.state.save({**state, "pending": pending})
        self._step("keep")
        return pending

    def _window(self) -> float:
        return max(1.0, self.request.seconds("confirm_window", 60))

    def _adopted_first(self, now: float) -> Json:
        """The state, with what is there before the first activation as the known-good release: it is what serves."""
        state = self.store.state.load()
        if state["known_good"] is not None:
            return state
        first = {**self.confirmed(None, now), "release": ADOPTED, "tree": self.store.adopted.manifest()["tree"]}
        return {**state, "known_good": ADOPTED, "history": [*state["history"], first]}

    def _reload_others(self, pending: Json) -> list[Json]:
        done = self.services.reload_others(pending["services"], self.declared)
        if done:
            self._step("services")
        return done

    def _reload(self) -> Json:
        reload = self.services.reload(restart=self.restart)
        self._step("reload")
        if not reload["ok"]:
            raise Failed("reload-failed", f"httpd did not load it: {reload['error']}")
        return reload

    def _prove(self) -> list[Json]:
        results, bad = self._probe()
        self._step("health")
        if bad:
            raise Failed("health-failed", verdict.text(bad), results)
        verdicts = self.services.probe_live(self.found.get("compared") or {})
        self._step("probes")
        worse = [one for one in verdicts if one["verdict"] == "regression"]
        if worse:
            raise Failed("regression", said(worse), verdicts=worse)
        return results

    def _probe(self) -> tuple[list[Json], list[Json]]:
        results = verdict.measure(self.services, self.checks)
        return results, verdict.failing(self.services, self.checks, self.found.get("baseline", []), results)

    def _extend(self, reload: Json) -> Json:
        """The window for the confirmation counts from now, when it can first be given."""
        now = self.services.now()
        state = self.store.state.load()
        pending: Json = {**state["pending"], **window.opened(self.services, self._window()), "complete": True}
        self.store.state.save(
            {**state, "pending": pending, "stranded": None, "loaded": loaded_record(self.release, reload, now)}
        )
        return pending

    def _go_back(self, pending: Json, error: Exception) -> AgentError:
        """Revert; the error to raise says how that went."""
        if isinstance(error, OSError):
            error = room.no_space(error)
        code = getattr(error, "code", "bug")
        cause = bug(error).message if code == "bug" else str(error)
        try:
            done = put_back(self.store, self.services, pending, cause=cause, by=self.actor, run=self.run)
        except AgentError as stranded:
            stranded.detail["cause_code"] = code
            return stranded
        except OSError as broken:
            return not_taken_back(self.release, cause, broken)
        return AgentError(
            "reverted",
            f"release {self.release} was activated and did not work: {cause}",
            state=f"This host is back on {done['release']} ({done['went_to']}), and that was verified.{not_on(done)}",
            next="Correct the configuration and push again; `status` shows the host's state.",
            detail={
                "cause": cause,
                "cause_code": code,
                "health": getattr(error, "health", []),
                "verdicts": getattr(error, "verdicts", []),
                "revert": done,
                "steps": self.steps,
            },
        )

    def _step(self, name: str) -> None:
        now = time.monotonic()
        self.steps.append({"step": name, "seconds": round(now - self.began, 3)})
        self.began = now
