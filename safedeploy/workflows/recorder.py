"""Records a run: a listener that puts everything into the spool at once, and has it delivered to the store behind.

Promises: recording neither holds up a run nor changes how it ends, whatever is wrong with the disk or the store; every
event arrives once; a run that dies is on record with what was known of it by then. Everything comes in with its secrets
hidden (workflows/events.py).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from safedeploy import __version__
from safedeploy.adapters.history.place import Place, StoreError, place, state_directory
from safedeploy.adapters.history.spool import Spool
from safedeploy.core.history import fit, summary
from safedeploy.core.recording import Record, fit_document, fit_plan, host_records, without_repeats
from safedeploy.workflows.delivery import Delivery
from safedeploy.workflows.events import Milestone, Phase, Status, hidden
from safedeploy.workflows.provenance import provenance
from safedeploy.workflows.pruning import prune_if_due
from safedeploy.workflows.session import Session

COMMANDS = frozenset(
    {
        "plan",
        "check",
        "push",
        "rollback",
        "confirm",
        "abort",
        "undrain",
        "unlock",
        "boot-guard",
        "drift",
        "diagnose",
        "postmortem",
        "watch",
    }
)
END_SECONDS = 2.5
# The main thread waits for hosts then, most of the time.
_WAITING = frozenset({Phase.OBSERVE, Phase.EXAMINE, Phase.PREFLIGHT, Phase.ROLLOUT, Phase.SETTLE})
# These wait much longer after they have observed. What delivery loads would keep them from getting there.
_LATER = frozenset({"check", "push", "rollback"})
_DURABLE = frozenset(milestone.value for milestone in Milestone)


class Recorder:
    """The recording of one run; `finish` ends it."""

    def __init__(self, session: Session) -> None:
        """Raises SafedeployError when safedeploy.yml cannot be read: the command itself tells of that."""
        self._session = session
        self._settings = session.policy.history
        self._lock = threading.Lock()
        self._next = 0
        self._spool: Spool | None = None
        self._spool_trouble: str | None = None
        self._store_trouble: str | None = None
        self._delivery: Delivery | None = None
        self._looking: threading.Thread | None = None
        self._planned = False
        self._command = ""

    def phase(self, phase: Phase, text: str) -> None:
        """A phase begins."""
        self._add({"kind": "phase", "phase": phase.value, "text": fit(text)})
        begins = phase in _WAITING and not (phase is Phase.OBSERVE and self._command in _LATER)
        if begins and self._delivery is not None:
            self._delivery.begin()

    def host(self, host: str, phase: Phase, status: Status, text: str) -> None:
        """Something is known about one host. That it is at work is not worth a line."""
        if status is not Status.RUNNING:
            result = status.value
            self._add({"kind": "host", "host": host, "phase": phase.value, "result": result, "text": fit(text)})

    def output(self, text: str) -> None:
        """Not recorded: Ansible's own words are for who asked for them."""

    def milestone(self, milestone: Milestone, data: Mapping[str, Any]) -> None:
        """The run has come this far."""
        if milestone is Milestone.RUN_STARTED:
            self._start(data)
        elif milestone is Milestone.RUN_ENDED:
            self._end(data)
        elif milestone is Milestone.HOST_ENDED:
            rest = {key: data.get(key) for key in ("release", "seconds")}
            text = fit(data.get("why") or "")
            ended = {"kind": "host-ended", "host": data["host"], "result": str(data["end"]), "text": text}
            self._add({**ended, "data": rest})
        elif milestone is Milestone.ROLLOUT_STARTED:
            # From here on hosts change: whoever looks for a cause now finds what is being changed.
            self._add(*self._plan(), {"kind": "rollout-started", "data": dict(data)})
        elif milestone is Milestone.ALERT:
            text, result = fit(data.get("text") or ""), str(data.get("what"))
            self._add({"kind": "alert", "result": result, "text": text, "data": dict(data)})
            if self._delivery is not None:
                self._delivery.begin()
        elif milestone is Milestone.ALERT_LOST:
            self._add({"kind": "alert-lost", "text": fit(data["text"])})

    def finish(self) -> str | None:
        """Wait a moment for the delivery; a line for the screen when something of this run did not arrive."""
        if self._next == 0:
            return None
        arrived = self._delivery is not None and self._delivery.end(END_SECONDS)
        if self._spool is not None:
            self._spool.remove() if arrived else self._spool.close()
        if arrived:
            return None if self._spool_trouble is None else _ONLY_STORE.format(self._spool_trouble)
        why = (
            self._store_trouble or (self._delivery.trouble if self._delivery else None) or "it does not answer in time"
        )
        if self._spool_trouble is None:
            return _ONLY_SPOOL.format(why)
        return _LOST.format(why, self._spool_trouble)

    def _start(self, data: Mapping[str, Any]) -> None:
        session, directory = self._session, state_directory() / "spool"
        self._command = str(data.get("command"))
        at = self._place()
        try:
            self._spool = Spool(directory, session.identity.run)
        except OSError as error:
            self._spool_trouble = error.strerror or str(error)
        policy = session.policy
        first = {"project": policy.project, "environment": policy.environment, "store": at and at.id}
        if at is not None:
            self._delivery = Delivery(
                at, session.identity.run, mine=lambda record: is_for(record, first), directory=directory
            )
            self._delivery.when_idle = lambda store: prune_if_due(store, policy)
        start = {
            "kind": "run-started",
            "command": self._command,
            "actor": session.identity.actor,
            "reason": fit(data.get("reason") or ""),
            "version": __version__,
            **first,
        }
        self._add(start, at=session.identity.started)
        # Three calls of git: nobody needs to wait for them.
        self._looking = threading.Thread(target=self._look_at_project, name="provenance", daemon=True)
        self._looking.start()

    def _place(self) -> Place | None:
        try:
            at = place(self._settings)
        except StoreError as error:
            self._store_trouble = str(error)
            return None
        self._session.know(at.secrets)
        return at

    def _look_at_project(self) -> None:
        self._add({"kind": "provenance", "data": provenance(self._session)})

    def _end(self, data: Mapping[str, Any]) -> None:
        if self._looking is not None:
            self._looking.join(END_SECONDS)
        self._add(*self._plan())
        document = data.get("document")
        if document is not None:
            result = fit_document(document, self._session.private)
            self._add({"kind": "document", "name": "result", "document": result})
        self._add(*self._files())
        error = data.get("error")
        told = summary(int(data["exit_code"]), error, document)
        self._add({"kind": "run-ended", "exit_code": data["exit_code"], "error": error, "summary": told})

    def _plan(self) -> list[Record]:
        """The plan, once."""
        session = self._session
        if session.plan_document is None or self._planned:
            return []
        self._planned = True
        plan = fit_plan(hidden(session.plan_document, session.hide), session.private)
        return [{"kind": "document", "name": "plan", "document": plan}]

    def _files(self) -> list[Record]:
        rolled_out = self._session.rolled_out
        if rolled_out is None:
            return []
        plan, texts = rolled_out.plan, self._settings.store_content
        found = (
            record
            for host, end in rolled_out.ends.items()
            for record in host_records(
                plan.hosts[host],
                end,
                plan.changed.get(host, ()),
                rolled_out.private.get(host, frozenset()),
                texts=texts,
            )
        )
        hidden = self._session.hide
        return [
            {**record, "text": hidden(record["text"])} if record["kind"] == "text" else record
            for record in without_repeats(found)
        ]

    def _add(self, *records: Record, at: datetime | None = None) -> None:
        """Number them, put them into the spool, hand them on."""
        if not records or (self._next == 0 and records[0]["kind"] != "run-started"):
            return
        moment = (at or datetime.now(UTC)).isoformat()
        with self._lock:
            numbered = [{"seq": number, "at": moment, **one} for number, one in enumerate(records, self._next)]
            self._next += len(numbered)
            if self._spool is not None:
                try:
                    self._spool.append(numbered, durable=records[-1]["kind"] in _DURABLE)
                except OSError as error:
                    self._spool_trouble = error.strerror or str(error)
            if self._delivery is not None:
                self._delivery.put(numbered)


def is_for(record: Record, wanted: Mapping[str, Any]) -> bool:
    """Whether what a dead run left belongs into this store: it was meant for it, or is of the same environment."""
    if record.get("store") == wanted["store"]:
        return True
    return (record.get("project"), record.get("environment")) == (wanted["project"], wanted["environment"])


_ONLY_SPOOL = "history: the store cannot be reached ({}); this run is kept in the spool, and the next run delivers it"
_ONLY_STORE = "history: this run is recorded, but not safe from a crash on the way: the spool cannot be written ({})"
_LOST = (
    "history: this run could not be recorded whole: the store cannot be reached ({}), and the spool not be written ({})"
)
