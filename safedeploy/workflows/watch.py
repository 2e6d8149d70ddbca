"""Follow the logs of all hosts, and tell of what visitors suffer. Runs until it is stopped; changes nothing by itself.

Each host has a connection of its own, made again when it ends, from the place where it ended; nothing is counted twice.
What was learnt is kept, so that a start does not begin with nothing. When a spike opens, everything that `diagnose`
asks is asked; where the policy has it so, a release that was pushed just before is rolled back, once.
"""

from __future__ import annotations

import hashlib
import math
import os
import queue
import random
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from safedeploy.adapters import command, watch_state
from safedeploy.adapters.history import alerts as stored
from safedeploy.adapters.history.place import StoreError, state_directory
from safedeploy.adapters.ssh.call import Question
from safedeploy.adapters.ssh.reply import UnreachableError
from safedeploy.adapters.ssh.stream import Stream
from safedeploy.core.diagnose.diagnosis import Diagnosis
from safedeploy.core.diagnose.evidence import Change
from safedeploy.core.errors import SafedeployError
from safedeploy.core.host import Host
from safedeploy.core.watch import told
from safedeploy.core.watch.detector import Kind
from safedeploy.core.watch.fleet import Tick, Trouble, WatchedFleet, tick_from_json
from safedeploy.core.watch.said import Said
from safedeploy.workflows import alerting, rendering
from safedeploy.workflows.diagnose import diagnose
from safedeploy.workflows.events import Milestone
from safedeploy.workflows.history import opened
from safedeploy.workflows.lately import lately
from safedeploy.workflows.session import Session

if TYPE_CHECKING:
    from safedeploy.adapters.watch_metrics import WatchMetrics

SAVE = 60.0
LATELY = 3600.0
RESUMED = 600.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


class Watching(Protocol):
    """Who looks on: the screen."""

    def ticked(self, fleet: WatchedFleet, now: float) -> None:
        """Some seconds have passed."""

    def said(self, said: Said) -> None:
        """Something opened or closed."""

    def acted(self, text: str) -> None:
        """The watch has done something."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """`every`: seconds of a tick. `seconds`: after how long it ends; None: never."""

    every: float = 10.0
    seconds: float | None = None


class Watch:
    """One watch of an environment."""

    def __init__(self, session: Session, options: Options, watching: Watching, metrics: WatchMetrics | None) -> None:
        self._session, self._options, self._watching, self._metrics = session, options, watching, metrics
        names = tuple(host.name for host in session.hosts)
        self._fleet = WatchedFleet(names, options.every, time.time())
        policy = session.policy
        key = hashlib.sha256(f"{policy.project}\0{policy.environment}".encode()).hexdigest()[:16]
        self._path = state_directory() / "watch" / f"{key}.json"
        known = watch_state.read(self._path)
        self._fleet.learn_from(known.get("learnt") or {})
        self._positions: dict[str, Any] = _positions(known, names, time.time())
        self._judged = dict(self._positions)
        self._queue: queue.SimpleQueue[tuple[str, Tick | str]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._streams: dict[str, Stream] = {}
        self._workers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="watch")
        self._pending: list[Any] = []
        self._rollback: threading.Thread | None = None
        self.told: list[Said] = []

    def run(self) -> None:
        """Watch until the time is over, or until it is interrupted. Raises SafedeployError when it cannot begin."""
        renderer = rendering.renderer_of(self._session)
        sites = {host.name: renderer.site(host) for host in self._session.hosts}
        program, sha256 = self._session.agent.path.read_bytes(), self._session.agent.sha256
        threads = [
            threading.Thread(
                target=self._follow,
                args=(host, Question(command="watch", request=self._request(sites[host.name]), program=program,
                                     sha256=sha256, max_output=0)),
                name=f"watch {host.name}",
                daemon=True,
            )
            for host in self._session.hosts
        ]  # fmt: skip
        for thread in threads:
            thread.start()
        try:
            self._loop()
        finally:
            self._stop.set()
            for stream in list(self._streams.values()):
                stream.close()
            with suppress(OSError):
                self._save()
            self._workers.shutdown(wait=True, cancel_futures=False)
            self._tell_done()
            if self._rollback is not None:
                self._rollback.join()

    def _request(self, site: Any) -> dict[str, Any]:
        return {"site": site, "every": self._options.every, "salt": self._session.identity.run}

    def _loop(self) -> None:
        end = None if self._options.seconds is None else time.monotonic() + self._options.seconds
        due, saved = time.monotonic(), time.monotonic()
        while end is None or time.monotonic() < end:
            due += self._options.every
            until = due if end is None else min(due, end)
            while (left := until - time.monotonic()) > 0:
                with suppress(queue.Empty):
                    self._take(*self._queue.get(timeout=left))
                self._tell_done()
            now = time.time()
            self._judged = dict(self._positions)
            for trouble in self._fleet.judge(now):
                self._pending.append(self._workers.submit(self._look_into, trouble))
            if self._metrics is not None:
                self._metrics.alerts(self._open_or_not())
            self._watching.ticked(self._fleet, now)
            if time.monotonic() - saved >= SAVE:
                saved = time.monotonic()
                with suppress(OSError):
                    self._save()

    def _open_or_not(self) -> dict[tuple[str, str], bool]:
        """For each kind of alert and each site whether it is open."""
        now = {(spike.kind, site) for site, spikes in self._fleet.open.items() for spike in spikes}
        kinds = (Kind.ERRORS, Kind.SLOW)
        return {(kind.value, site): (kind, site) in now for site in self._fleet.sites for kind in kinds}

    def _take(self, host: str, one: Tick | str) -> None:
        if isinstance(one, str):
            self._fleet.lost(host, one)
            if self._metrics is not None:
                self._metrics.lost(host)
            return
        self._positions[host] = one.positions
        self._fleet.take(host, one, time.time())
        if self._metrics is not None:
            self._metrics.take(host, one)

    def _follow(self, host: Host, question: Question) -> None:
        """Read one host's ticks, over and over."""
        ssh = self._session.policy.ssh
        pause = _FIRST_PAUSE
        while not self._stop.is_set():
            # From where it ended: what came meanwhile is in the first tick after that.
            request = {**question.request, "positions": self._positions.get(host.name, {})}
            stream = Stream(
                host.connection,
                replace(question, request=request),
                connect=ssh.connect_timeout,
                silence=4 * self._options.every + 15,
            )
            self._streams[host.name] = stream
            try:
                for line in stream.lines():
                    pause = _FIRST_PAUSE
                    self._queue.put((host.name, tick_from_json(host.name, line)))
            except UnreachableError as error:
                self._queue.put((host.name, self._session.hide(error.reply.reason)))
            except ValueError as error:
                self._queue.put((host.name, self._session.hide(str(error))))
            finally:
                stream.close()
            self._stop.wait(pause * random.uniform(0.7, 1.3))  # noqa: S311 - only that not all come at once
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _save(self) -> None:
        # Of the same moment: what was read after it has not been learnt, and is read again.
        kept = {"at": time.time(), "learnt": self._fleet.to_json(), "positions": self._judged}
        watch_state.write(self._path, kept)

    def _look_into(self, trouble: Trouble) -> Said:
        """Find out what is behind it; what goes wrong there is said, and hinders neither the alert nor the watch."""
        change: Change | None = None
        found: Diagnosis | None = None
        unknown = "the search for it failed"
        if trouble.opened:
            try:
                recent = lately(self._session.policy, trouble.at - LATELY)
                change, unknown = recent.changes[0] if recent.changes else None, recent.why
                if trouble.kind is not Kind.SILENCE:
                    found = diagnose(self._session, trouble.at - LATELY, until=time.time())
            except Exception as error:  # noqa: BLE001 - an alert is told whatever the search for its cause comes to
                why = str(error) if isinstance(error, SafedeployError) else f"{type(error).__name__}: {error}"
                self._watching.acted(self._session.hide(f"its cause could not be looked for: {why}"))
        environment = self._session.target.environment
        return told.said(environment, trouble, change, found, self._session.hide, unknown=unknown)

    def _tell_done(self) -> None:
        """Tell what was looked into meanwhile, in its order."""
        while self._pending and self._pending[0].done():
            said = self._pending.pop(0).result()
            self.told.append(said)
            self._watching.said(said)
            self._session.events.milestone(Milestone.ALERT, said.to_json())
            self._keep(said)
            about = alerting.about(self._session, command="watch")
            self._session.tell(told.alert(about, said))
            self._perhaps_roll_back(said)
            with suppress(OSError):
                self._save()  # what is open is closed by the next watch, should this one be killed

    def _keep(self, said: Said) -> None:
        """Have it in the history's alerts, for a post-mortem."""
        policy, trouble = self._session.policy, said.trouble
        if not policy.history.enabled:
            return
        with suppress(SafedeployError, StoreError), opened(policy) as (store, _):
            if trouble.opened:
                stored.put_alert(
                    store,
                    stored.Alert(
                        project=policy.project,
                        environment=policy.environment,
                        key=trouble.key,
                        severity="error" if trouble.kind is Kind.ERRORS else "warning",
                        text=said.headline,
                        opened_at=datetime.fromtimestamp(trouble.at, UTC),
                        run=self._session.identity.run,
                    ),
                )
            else:
                at = datetime.fromtimestamp(trouble.at, UTC)
                stored.close_alert(store, policy.project, policy.environment, trouble.key, at)

    def _perhaps_roll_back(self, said: Said) -> None:
        """Take back what was pushed just before, where the policy has it so and the cause is clear. Once."""
        policy, named = self._session.policy.watch, said.diagnosis.named if said.diagnosis else None
        change = said.change
        if not (policy.rollback and said.trouble.opened and change and named and named.id == "change"):
            return
        if self._rollback is not None or change.command != "push" or said.trouble.at - change.at > policy.recent:
            return
        self._watching.acted(f"rolling back {change.release}, which {change.actor} pushed: the policy has it so")
        reason = f"watch: {said.headline}"
        self._rollback = threading.Thread(target=self._roll_back, args=(reason[:500],), name="rollback")
        self._rollback.start()

    def _roll_back(self, reason: str) -> None:
        """A run of its own, of the same hosts and with the same passwords; a Ctrl-C of the watch does not end it."""
        target = self._session.target
        words = [sys.executable, "-m", "safedeploy", "--project", str(target.project), "rollback", target.environment]
        words += ["--yes", "--no-diff", "--wait", "15m", "--reason", reason]
        words += [] if target.limit is None else ["--limit", target.limit]
        words += self._session.inventory.vault_args()
        ended = command.run(words, directory=target.project, environ=os.environ, limit=math.inf)
        last = (ended.output.strip().splitlines() or [""])[-1]
        how = "is done" if not ended.why else f"did not end well, {ended.why}"
        self._watching.acted(f"the rollback {how}: {self._session.hide(last)}")


def _positions(known: Mapping[str, Any], hosts: Iterable[str], now: float) -> dict[str, Any]:
    """How far an earlier watch has read each host's logs; nothing where that is longer ago than RESUMED seconds."""
    at, positions = known.get("at"), known.get("positions")
    if not isinstance(at, int | float) or not 0 <= now - at <= RESUMED or not isinstance(positions, Mapping):
        return {}
    return {host: positions[host] for host in hosts if isinstance(positions.get(host), Mapping)}
