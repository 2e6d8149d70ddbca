"""`drained`: the record that a run took this host out of its load balancer, and has not put it back.

The host cannot do either itself. It keeps the record because it is what outlives the run: `observe` shows it, so that
whoever comes next sees that the host is out of service, since when, and by which run.
"""

from __future__ import annotations

import os

from . import fsio, records
from .changing import changing
from .clock import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services
    from .store import Store


def drained(request: Request, services: Services) -> Json:
    """{drained: null or {since, by, run}}: set the record (`drained` true) or remove it. Raises AgentError(lease-lost).

    A record that is there stays as it is: the host has been out of service since then.
    """
    wanted = request.need("drained", bool)
    run, actor = request.need("run", str), request.need("actor", str)
    with changing(request.site, services) as store:
        store.lease.hold(request.need("token", str), services.now())
        now, found = services.now(), load(store)
        if wanted and found is None:
            found = {"since": iso(now), "by": actor, "run": run}
            records.save(_path(store), found)
            store.audit("drained", now, run=run, by=actor)
        elif not wanted and found is not None:
            os.unlink(_path(store))
            fsio.sync_directory(store.directory)
            store.audit("undrained", now, run=run, by=actor)
            found = None
        return {"drained": found}


def load(store: Store) -> Json | None:
    """The record; None for a host that is in service as far as is known here."""
    record = records.load(_path(store))
    return None if record is None else {key: record.get(key) for key in ("since", "by", "run")}


def _path(store: Store) -> str:
    return f"{store.directory}/drained.json"
