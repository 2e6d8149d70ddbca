"""Follow the logs of all hosts, and tell of what visitors suffer. Runs until it is stopped; changes nothing by itself.

Each host has a connection of its own, made again when it ends, from the place where it ended; nothing is counted twice.
What was learnt is kept, so that a start does not begin with nothing. When a spike opens, everything that `diagnose`
asks is asked, and again a little later while no cause is clear: logs tell little of the first seconds. Where the policy
has it so, a release that was pushed just before is rolled back, once.
"""

from __future__ import annotations

import hashlib
import queue
import random
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from safedeploy.adapters import watch_state
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
from safedeploy.workflows.taking_back import TakingBack

if TYPE_CHECKING:
    from safedeploy.adapters.watch_metrics import WatchMetrics

SAVE = 60.0
LATELY = 3600.0
RESUMED = 600.0
AGAIN = (20.0, 60.0, 180.0)  # seconds after an alert, of which no cause was clear
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


@dataclass
class _Unclear:
    """What is open without a clear cause, since a moment of the monotonic clock, and how often it was asked again."""

    trouble: Trouble
    since: float
    asked: int = 0


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
        self._unclear: dict[str, _Unclear] = {}
        self._taking_back = TakingBack(session, watching.acted)
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
            self._taking_back.wait()

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
            self._look_again()
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

    def _look_again(self) -> None:
        """Ask once more about what is open without a clear cause, where it is time."""
        for unclear in self._unclear.values():
            if unclear.asked < len(AGAIN) and time.monotonic() >= unclear.since + AGAIN[unclear.asked]:
                self._pending.append(self._workers.submit(self._look_into, unclear.trouble, later=True))
                unclear.asked += 1

    def _look_into(self, trouble: Trouble, *, later: bool = False) -> Said:
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
        return told.said(environment, trouble, change, found, self._session.hide, unknown=unknown, later=later)

    def _tell_done(self) -> None:
        """Tell what was looked into meanwhile, in its order."""
        while self._pending and self._pending[0].done():
            said = self._pending.pop(0).result()
            if not self._is_news(said):
                continue
            self.told.append(said)
            self._watching.said(said)
            self._session.events.milestone(Milestone.ALERT, said.to_json())
            self._keep(said)
            about = alerting.about(self._session, command="watch")
            self._session.tell(told.alert(about, said))
            self._taking_back.consider(said)
            with suppress(OSError):
                self._save()  # what is open is closed by the next watch, should this one be killed

    def _is_news(self, said: Said) -> bool:
        """Whether it is to be told; what has no clear cause yet is asked about again while it is open."""
        trouble, clear = said.trouble, said.diagnosis is not None and said.diagnosis.named is not None
        if said.later and not (clear and trouble.key in self._unclear):
            return False
        if not trouble.opened or clear:
            self._unclear.pop(trouble.key, None)
        elif trouble.kind is not Kind.SILENCE:
            self._unclear[trouble.key] = _Unclear(trouble, time.monotonic())
        return True

    def _keep(self, said: Said) -> None:
        """Have it in the history's alerts, for a post-mortem."""
        policy, trouble = self._session.policy, said.trouble
        if not policy.history.enabled or said.later:
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


def _positions(known: Mapping[str, Any], hosts: Iterable[str], now: float) -> dict[str, Any]:
    """How far an earlier watch has read each host's logs; nothing where that is longer ago than RESUMED seconds."""
    at, positions = known.get("at"), known.get("positions")
    if not isinstance(at, int | float) or not 0 <= now - at <= RESUMED or not isinstance(positions, Mapping):
        return {}
    return {host: positions[host] for host in hosts if _are_positions(positions.get(host))}


def _are_positions(value: Any) -> bool:
    """Whether it is as a host tells it: a host that is sent anything else refuses, again and again."""
    return isinstance(value, Mapping) and all(
        isinstance(one, Mapping) and isinstance(one.get("offset"), int) for one in value.values()
    )
