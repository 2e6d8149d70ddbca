"""Which parts of preflight.yml and rollout.yml a run has no use for, by the tags that they have there. Pure.

Ansible starts a process for every task on every host, also for one that its `when` then skips; a task that is left out
by its tag costs nothing. The conditions stay in the playbooks all the same, for people who run them by themselves.
"""

from __future__ import annotations

from safedeploy.core.gate import Gate, looks

APART = "safedeploy_apart"
AT_ONCE = "safedeploy_at_once"
BAKE = "safedeploy_bake"
EARLY_CHECK = "safedeploy_early_check"
HOLD = "safedeploy_hold"
LEASE_FIRST = "safedeploy_lease_first"
SERVICE = "safedeploy_service"
TRAFFIC = "safedeploy_traffic"


def unused(gate: Gate, *, bake: int, drains: bool, hold: bool, together: bool) -> tuple[str, ...]:
    """The tags to be skipped. A part is left out only when its condition cannot become true for any host.

    `drains` says that hosts are taken out of their load balancer, `hold` that the run is held for a person, `together`
    that there is a fork for each host.
    """
    watches = bool(looks(gate, bake))
    between = bake > 0 or watches or drains
    needed = {
        # Activation and confirmation are one task, unless something lies between them.
        APART: between or hold,
        AT_ONCE: not (between or hold),
        # A bake that is watched is the time between two looks at the traffic.
        BAKE: bake > 0 and not watches,
        # The check before the confirmation is never left out.
        EARLY_CHECK: between,
        # The gate may ask a person too.
        HOLD: hold or watches,
        # Else the preflight takes the lease itself.
        LEASE_FIRST: not together,
        SERVICE: drains,
        TRAFFIC: watches,
    }
    return tuple(tag for tag, is_needed in needed.items() if not is_needed)
