"""Real ways to break a lab's fleet, each undone wholly: `FAULTS[name].start(lab, hosts)`, later `.stop(lab)`.

One fault at a time is on in a lab. What is on, and what its hosts were before, is in the lab's state directory before
anything is broken: another process can stop it, and `safedeploy lab down` needs to know nothing of it.
"""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.registry import FAULTS, find

__all__ = ["FAULTS", "Fault", "find"]
