"""The frame of every command that changes something: the lock, deferred signals, and recovery first."""

from __future__ import annotations

import contextlib
import signal

from . import leftovers
from .lock import locked
from .recover import recover
from .store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .protocol import Json
    from .services import Services

WAIT = 30.0
SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def changing(site: Json, services: Services, *, wait: float | None = WAIT, by: str = "recovery") -> Iterator[Store]:
    """The store of `site`, locked and recovered. Raises AgentError: `no-permission`, `lease-held`, `stranded`."""
    store = Store(site)
    store.create()
    with locked(store.lock, wait), deferred_signals():
        leftovers.make_durable(store)
        leftovers.unfinished(store)
        store.recovered = recover(store, services, by=by)
        leftovers.dead_men(store)
        yield store


@contextlib.contextmanager
def deferred_signals() -> Iterator[None]:
    """Let no polite signal (a lost connection, Ctrl-C) stop a change half way.

    The handlers do nothing instead of being SIG_IGN: a child started meanwhile, such as httpd, must not inherit that.
    """
    earlier = {number: signal.signal(number, lambda *_: None) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
