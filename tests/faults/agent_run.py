"""All injections into single commands of the on-host program, on every host of a fleet at the same time."""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Iterator, Sequence

from tests.faults.agent_bench import AgentBench, Chosen
from tests.faults.fleet import FaultFleet
from tests.faults.records import Outcome


def outcomes(fleet: FaultFleet, chosen: Sequence[Chosen], bench: AgentBench) -> Iterator[Outcome]:
    """Make them, each on the host that is free first, and put the fleet back on its old release."""
    waiting: queue.SimpleQueue[Chosen] = queue.SimpleQueue()
    done: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
    for one in chosen:
        waiting.put(one)

    def work(host: str) -> None:
        try:
            while True:
                one = waiting.get_nowait()
                try:
                    done.put(bench.inject(host, one))
                except Exception:  # noqa: BLE001 - it proves nothing, and the others are still to be made
                    note = traceback.format_exc()
                    done.put(Outcome(injection=one.injection(host), reached=False, note=note))
        except queue.Empty:
            done.put(None)

    workers = [threading.Thread(target=work, args=(host,), daemon=True) for host in fleet.names]
    for worker in workers:
        worker.start()
    left = len(workers)
    while left:
        outcome = done.get()
        if outcome is None:
            left -= 1
        else:
            yield outcome
    fleet.restore()
