"""Keeps a run's leases while it lives: a thread that renews them, over connections of its own.

A lease that a host refuses to renew is lost: somebody took it away, or took it over. The run must then stop before its
next change; the hosts refuse its token in any case. A host that does not answer is no loss: a lease that ran out and
that nobody took still serves its run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Self

from safedeploy.adapters.ssh import Fleet, Refusal
from safedeploy.workflows.session import Session

Requests = Mapping[str, Mapping[str, Any]]
_SHARE = 3.0  # a lease is renewed this many times before it could run out
_PATIENCE = 5.0


class LeaseKeeper:
    """A context manager; `lost` says in one sentence which lease was lost, once one is.

    `held` gives the hosts' renew requests (`site` and `token`) whenever it is asked.
    """

    def __init__(self, session: Session, held: Callable[[], Requests]) -> None:
        self.lost: str | None = None
        self._held = held
        self._every = max(0.5, session.policy.rollout.lease_ttl / _SHARE)
        # Not the session's connections: those are in use by the run itself.
        self._fleet = Fleet(session.hosts, session.policy.ssh, session.agent, hide=session.hide)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="leases", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(_PATIENCE)
        self._fleet.close()

    def _keep(self) -> None:
        while not self._end.wait(self._every):
            # Whatever goes wrong here, the next round tries again, and the leases' own duration is the reserve.
            with suppress(Exception):
                self._renew()

    def _renew(self) -> None:
        requests = dict(self._held())
        if not requests:
            return
        for host, reply in self._fleet.call("renew", requests, timeout=max(self._every, _PATIENCE)).items():
            if isinstance(reply, Refusal) and reply.code == "lease-lost" and not self._end.is_set():
                self.lost = self.lost or f"{host}: {reply.message}"
